import type { Key } from './object.ts';

/** Which keys refer to a value, such as which QlikServers refer to a Secret; kept as they change. */
export class ReferenceIndex {
  readonly #referrers = new Map<string, Set<Key>>();
  readonly #references = new Map<Key, ReadonlySet<string>>();

  /** States all references of a key anew; none removes the key. */
  set(key: Key, references: Iterable<string>): void {
    const wanted = new Set(references);
    for (const value of this.#references.get(key) ?? []) if (!wanted.has(value)) this.#remove(value, key);
    for (const value of wanted) this.#add(value, key);
    if (wanted.size === 0) this.#references.delete(key);
    else this.#references.set(key, wanted);
  }

  referrers(value: string): Iterable<Key> {
    return this.#referrers.get(value) ?? [];
  }

  /** Number of values that are referred to. */
  get size(): number {
    return this.#referrers.size;
  }

  #add(value: string, key: Key): void {
    const keys = this.#referrers.get(value);
    if (keys === undefined) this.#referrers.set(value, new Set([key]));
    else keys.add(key);
  }

  #remove(value: string, key: Key): void {
    const keys = this.#referrers.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#referrers.delete(value);
  }
}
