import { isNewer, keyOf, type Key, type KubernetesObject } from './object.ts';

/** Told of each change; never throws into the watch (see `Reflector`). */
export type ChangeListener<T> = (key: Key, before: T | undefined, after: T | undefined) => void;

/** The objects of one resource as last seen. */
export class Store<T extends KubernetesObject> {
  readonly #objects = new Map<Key, T>();
  readonly #listeners: ChangeListener<T>[] = [];

  onChange(listener: ChangeListener<T>): void {
    this.#listeners.push(listener);
  }

  get(key: Key): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<Key> {
    return this.#objects.keys();
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Takes an object unless a newer version of it is known: a watch may be behind our own write. */
  set(object: T): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before?.metadata.uid === object.metadata.uid && !isNewer(object, before)) return;
    this.#objects.set(key, object);
    this.#tell(key, before, object);
  }

  /** Takes the answer to a write, unless the object is gone meanwhile: the watch may have said so before the answer came. */
  update(object: T): void {
    if (this.#objects.get(keyOf(object))?.metadata.uid === object.metadata.uid) this.set(object);
  }

  delete(key: Key): void {
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#tell(key, before, undefined);
  }

  /** Removes whatever is not in a complete listing. */
  retain(listed: ReadonlySet<Key>): void {
    for (const key of this.#objects.keys()) if (!listed.has(key)) this.delete(key);
  }

  #tell(key: Key, before: T | undefined, after: T | undefined): void {
    for (const listener of this.#listeners) listener(key, before, after);
  }
}
