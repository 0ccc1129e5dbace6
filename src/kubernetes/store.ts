import { isNewer, keyOf, splitKey, type Key, type KubernetesObject } from './object.ts';

/** Told of each change. Should one throw, the others are told all the same. */
export type ChangeListener<T> = (key: Key, before: T | undefined, after: T | undefined) => void;

/** The objects of one resource as last seen. */
export class Store<T extends KubernetesObject> {
  readonly #objects = new Map<Key, T>();
  readonly #listeners = new Set<ChangeListener<T>>();

  /** Tells of each change until the function that it returns is called. */
  onChange(listener: ChangeListener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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

  /** Removes whatever is not in a complete listing of a namespace, or of all. */
  retain(listed: { has(key: Key): boolean }, namespace?: string): void {
    for (const key of this.#objects.keys()) {
      if (namespace !== undefined && splitKey(key).namespace !== namespace) continue;
      if (!listed.has(key)) this.delete(key);
    }
  }

  /** Becomes equal to a complete listing, older versions included: the API server was restored from a backup. */
  reset(listed: ReadonlyMap<Key, T>, namespace?: string): void {
    for (const [key, object] of listed) {
      const before = this.#objects.get(key);
      this.#objects.set(key, object);
      if (before?.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.#tell(key, before, object);
    }
    this.retain(listed, namespace);
  }

  /** Throws the first error of a listener, once all were told. */
  #tell(key: Key, before: T | undefined, after: T | undefined): void {
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(key, before, after);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
