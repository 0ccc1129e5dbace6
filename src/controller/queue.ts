import { Turns } from './turns.ts';

/** Urgent keys in a row while routine ones wait. */
const URGENT_IN_A_ROW = 8;

/**
 * A work queue with the semantics of client-go's: a key is queued once however often it is added, is worked on by one
 * worker at a time, and is queued again when it was added while being worked on. No library has these semantics.
 */
export class WorkQueue {
  readonly #queued = new Turns(URGENT_IN_A_ROW);
  readonly #processing = new Set<string>();
  /** Added while being worked on; true: urgently. */
  readonly #again = new Map<string, boolean>();
  readonly #waiting: ((key: string | undefined) => void)[] = [];
  #closed = false;

  /** Queues a key. `urgent` ones, which a person waits for, go before routine work. */
  add(key: string, { urgent = false } = {}): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      this.#again.set(key, urgent || this.#again.get(key) === true);
      return;
    }
    this.#queued.add(key, urgent);
    this.#handOver();
  }

  /** The next key, as soon as there is one; `undefined` when the queue is closed. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#handOver();
    });
  }

  /** Ends the work on a key that `next` gave out. */
  done(key: string): void {
    this.#processing.delete(key);
    const urgent = this.#again.get(key);
    this.#again.delete(key);
    if (urgent !== undefined) this.add(key, { urgent });
  }

  /** Number of keys that wait for a worker. */
  get length(): number {
    return this.#queued.size;
  }

  /** Gives out nothing more. What is being worked on goes on. */
  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #handOver(): void {
    while (this.#waiting.length > 0) {
      const key = this.#queued.take();
      if (key === undefined) return;
      this.#processing.add(key);
      this.#waiting.shift()?.(key);
    }
  }
}
