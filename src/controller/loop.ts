import type { WorkQueue } from './queue.ts';
import type { Schedule } from './schedule.ts';

/** What a reconcile says should happen next to its key. */
export type Result =
  /** Nothing, until something changes. */
  | { readonly kind: 'settled' }
  /** Again at that time, unless something changes before. */
  | { readonly kind: 'again'; readonly at: number };

export interface LoopOptions {
  readonly queue: WorkQueue;
  readonly schedule: Schedule;
  readonly workers: number;
  /** A reconcile that has called `release` holds no worker while it ends. */
  readonly reconcile: (key: string, signal: AbortSignal, release: () => void) => Promise<Result>;
  /** An error that reconcile did not expect; the key is tried again. */
  readonly onError: (key: string, error: unknown) => void;
}

const BACKOFF = { first: 500, longest: 60_000 } as const;

/** Takes keys from the queue and reconciles them, a fixed number at a time, until it is stopped. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #stopped = new AbortController();
  readonly #failures = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  #workers: Promise<void>[] = [];

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.workers }, () => this.#work());
  }

  /** What failed for a reason that has passed is tried again now, instead of after its backoff. */
  retryFailed(): void {
    for (const key of this.#failures.keys()) this.#options.queue.add(key);
    this.#failures.clear();
  }

  /** Gives out no more work and tells what is running to end. */
  async stop(): Promise<void> {
    this.#options.queue.close();
    this.#options.schedule.stop();
    this.#stopped.abort();
    await Promise.all(this.#workers);
    await Promise.all(this.#running);
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      await this.#begin(key);
    }
  }

  /** Resolves when the worker is free again. */
  #begin(key: string): Promise<void> {
    const { queue } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = () => {
      queue.release(key);
      resolve();
    };
    const running = this.#reconcile(key, release).then(() => {
      this.#running.delete(running);
      queue.done(key);
      resolve();
    });
    this.#running.add(running);
    return promise;
  }

  async #reconcile(key: string, release: () => void): Promise<void> {
    const { schedule, reconcile, onError } = this.#options;
    try {
      const result = await reconcile(key, this.#stopped.signal, release);
      this.#failures.delete(key);
      if (this.#stopped.signal.aborted) return;
      if (result.kind === 'again') schedule.set(key, result.at);
      else schedule.delete(key);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      onError(key, error);
      schedule.set(key, Date.now() + Math.min(BACKOFF.longest, BACKOFF.first * 2 ** (failures - 1)));
    }
  }
}
