const WINDOW = 60_000;

/** So many calls a minute for each caller; sliding. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #calls = new Map<string, number[]>();

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Counts a call. Above the limit it counts nothing and answers the seconds to wait; otherwise 0. */
  take(caller: string): number {
    const now = this.#now();
    const recent = (this.#calls.get(caller) ?? []).filter((time) => time > now - WINDOW);
    this.#calls.set(caller, recent);
    const [oldest = now] = recent;
    if (recent.length >= this.#perMinute) return Math.max(1, Math.ceil((oldest + WINDOW - now) / 1000));
    recent.push(now);
    return 0;
  }
}
