import { setTimeout as delay } from 'node:timers/promises';

/** Lets work start at most so many times a second, evenly: a restart must not become a storm. */
export class Pace {
  readonly #gap: number;
  #next = 0;

  constructor(startsPerSecond: number) {
    this.#gap = 1000 / startsPerSecond;
  }

  /** Waits for one's turn; returns early, without an error, when `signal` aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = Date.now();
    const start = Math.max(now, this.#next);
    this.#next = start + this.#gap;
    if (start > now) await delay(start - now, undefined, { signal }).catch(() => {});
  }
}
