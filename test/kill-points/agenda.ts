import type { Actor } from '../simulated-api/actor.ts';

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** What is to happen when. */
export class Agenda implements Actor {
  #entries: Entry[] = [];

  /** Returns what takes it off again. */
  add(at: number, run: () => void): () => void {
    const entry = { at, run };
    const later = this.#entries.findIndex((each) => each.at > at);
    this.#entries.splice(later < 0 ? this.#entries.length : later, 0, entry);
    return () => this.#remove(entry);
  }

  get nextAt(): number | undefined {
    return this.#entries[0]?.at;
  }

  runNext(): void {
    this.#entries.shift()?.run();
  }

  /** Takes off all that are not to be kept. */
  thin(isKept: () => boolean): void {
    this.#entries = this.#entries.filter(isKept);
  }

  #remove(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
  }
}
