import type { Resource } from '../../src/kubernetes/resource.ts';
import type { Actor } from './actor.ts';
import type { SimulatedApiServer } from './api-server.ts';
import type { Change } from './object-store.ts';

export interface FeedOptions {
  readonly server: SimulatedApiServer;
  readonly resource: Resource;
  readonly now: () => number;
  /** Milliseconds by which the next change is late; later ones never overtake it. */
  readonly lag: () => number;
  readonly deliver: (change: Change) => void;
}

/** A watch that is behind. Nothing is delivered by itself: `runNext` does, once the clock has reached `nextAt`. */
export class LaggingFeed implements Actor {
  readonly #waiting: { readonly at: number; readonly change: Change }[] = [];
  readonly #options: FeedOptions;
  readonly #stop: () => void;

  constructor(options: FeedOptions) {
    this.#options = options;
    const { server, resource } = options;
    for (const object of server.objects(resource)) this.#hear({ type: 'ADDED', object });
    this.#stop = server.onChange(resource, (change) => {
      this.#hear(change);
    });
  }

  /** When the next change is to be delivered; undefined while everything is. */
  get nextAt(): number | undefined {
    return this.#waiting[0]?.at;
  }

  runNext(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#options.deliver(next.change);
  }

  /** Whether everything up to that version was delivered. */
  hasDelivered(resourceVersion: string): boolean {
    const next = this.#waiting[0]?.change.object.metadata.resourceVersion;
    return next === undefined || BigInt(next) > BigInt(resourceVersion);
  }

  /** Ends it; what is waiting is never delivered. */
  stop(): void {
    this.#stop();
    this.#waiting.length = 0;
  }

  #hear(change: Change): void {
    const { now, lag } = this.#options;
    const at = Math.max(this.#waiting.at(-1)?.at ?? 0, now() + lag());
    this.#waiting.push({ at, change });
  }
}
