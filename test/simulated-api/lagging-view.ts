import type { ApiObject } from './object.ts';
import { type FeedOptions, LaggingFeed } from './lagging-feed.ts';

/** The objects of one resource by uid, as a controller sees them: as they were a while ago. */
export class LaggingView<T extends ApiObject> {
  readonly #objects = new Map<string, T>();
  readonly #feed: LaggingFeed;

  /** Tells of each object that was added, changed or deleted once the view shows it. */
  constructor(options: Omit<FeedOptions, 'deliver'>, onChange: (object: T) => void) {
    this.#feed = new LaggingFeed({
      ...options,
      deliver: ({ type, object }) => {
        if (type === 'DELETED') this.#objects.delete(object.metadata.uid);
        else this.#objects.set(object.metadata.uid, object as T);
        onChange(object as T);
      },
    });
  }

  get(uid: string): T | undefined {
    return this.#objects.get(uid);
  }

  values(): T[] {
    return [...this.#objects.values()];
  }

  get nextAt(): number | undefined {
    return this.#feed.nextAt;
  }

  showNext(): void {
    this.#feed.runNext();
  }

  shows(resourceVersion: string): boolean {
    return this.#feed.hasDelivered(resourceVersion);
  }
}
