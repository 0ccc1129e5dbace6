import { Slots, UNLIMITED, type SlotLimits } from './slots.ts';

/**
 * A work queue with the semantics of client-go's: a key is queued once however often it is added, is worked on by one
 * worker at a time, and is queued again when it was added while being worked on. No library has these semantics.
 */
export class WorkQueue {
  readonly #slots: Slots;
  readonly #working = new Set<string>();
  /** Added while being worked on; true: urgently. */
  readonly #again = new Map<string, boolean>();
  readonly #waiting: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(limits: SlotLimits = UNLIMITED) {
    this.#slots = new Slots(limits);
  }

  /** Queues a key. `urgent` ones, which a person waits for, go before routine work. */
  add(key: string, { urgent = false } = {}): void {
    if (this.#closed) return;
    if (this.#working.has(key)) {
      this.#again.set(key, urgent || this.#again.get(key) === true);
      return;
    }
    this.#slots.add(key, urgent);
    this.#handOver();
  }

  /** The next key, as soon as there is one and a slot for it; `undefined` when the queue is closed. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#handOver();
    });
  }

  /** The work on a key goes on, but needs its slot no longer. */
  release(key: string): void {
    this.#slots.free(key);
    this.#handOver();
  }

  /** Ends the work on a key that `next` gave out. */
  done(key: string): void {
    this.#slots.free(key);
    this.#working.delete(key);
    const urgent = this.#again.get(key);
    this.#again.delete(key);
    if (urgent === undefined) this.#handOver();
    else this.add(key, { urgent });
  }

  /** Number of keys that wait for a worker. */
  get length(): number {
    return this.#slots.waiting;
  }

  /** Gives out nothing more. What is being worked on goes on. */
  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #handOver(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const key = this.#slots.take();
      if (key === undefined) return;
      this.#working.add(key);
      this.#waiting.shift()?.(key);
    }
  }
}
