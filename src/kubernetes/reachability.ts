import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two probes, give or take a fifth, so that replicas do not probe in step. */
const PROBE_EVERY = 1_000;

/** An absence, once it is over. */
export interface Absence {
  /** When it began, in milliseconds since the epoch. */
  readonly since: number;
  readonly duration: number;
}

export interface ReachabilityOptions {
  /** One attempt, over a connection of its own; false when the API server does not answer or is not ready. */
  readonly probe: () => Promise<boolean>;
}

/**
 * Whether the API server can be reached. Nothing is probed while all is well; once somebody suspects that it is away,
 * it is probed every second for all who wait, so that nobody comes back later than that. The backoff of a single watch
 * would make almost half of them later than 10 s after an outage of a minute (measured).
 */
export class Reachability {
  readonly #probe: () => Promise<boolean>;
  readonly #listeners = new Set<(absence: Absence) => void>();
  #tellAway: () => void = () => {};
  readonly #closed = new AbortController();
  #awaySince: number | undefined;
  #backAt = Date.now();
  #probing: Promise<Absence | undefined> | undefined;

  constructor({ probe }: ReachabilityOptions) {
    this.#probe = probe;
  }

  /** Told when the API server is back. Returns how to be told no longer. */
  onBack(listener: (absence: Absence) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told when the API server is found to be away; one listener. */
  onAway(listener: () => void): void {
    this.#tellAway = listener;
  }

  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /** Milliseconds since the API server came back, or since the start; 0 while it is away. */
  get reachableFor(): number {
    return this.isAway ? 0 : Date.now() - this.#backAt;
  }

  /**
   * Something failed as it does when the API server is away: finds out, once for all who ask. Resolves when it is there,
   * with its absence if it had been away. Never rejects; resolves early when closed.
   */
  suspect(): Promise<Absence | undefined> {
    this.#probing ??= this.#probeUntilThere().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  close(): void {
    this.#closed.abort();
    this.#listeners.clear();
  }

  async #probeUntilThere(): Promise<Absence | undefined> {
    while (!(await this.#probe().catch(() => false))) {
      if (this.#closed.signal.aborted) return undefined;
      if (this.#awaySince === undefined) this.#tellAway();
      this.#awaySince ??= Date.now();
      await this.#pause();
    }
    const since = this.#awaySince;
    if (since === undefined) return undefined;
    this.#awaySince = undefined;
    this.#backAt = Date.now();
    const absence = { since, duration: this.#backAt - since };
    for (const listener of this.#listeners) listener(absence);
    return absence;
  }

  async #pause(): Promise<void> {
    const wait = PROBE_EVERY * (0.8 + 0.4 * Math.random());
    await delay(wait, undefined, { signal: this.#closed.signal }).catch(() => {});
  }
}
