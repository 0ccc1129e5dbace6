import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { ApiError } from '../../kubernetes/api-error.ts';

/** Writes in flight; more do not make an API server faster (docs/benchmarks.md). */
const IN_FLIGHT = 8;
/** Writes are spread over a second in steps of so many milliseconds. */
const STEP = 100;
/** How often a write is made that the API server asks to make later. */
const ATTEMPTS = 5;
const LONGEST_WAIT = 30_000;

/** Lets QlikApps of all servers together be written at most so many times a second. */
export class WriteBudget {
  readonly #queue: PQueue;

  constructor(perSecond: number) {
    const intervalCap = Math.max(1, Math.round((perSecond * STEP) / 1_000));
    this.#queue = new PQueue({
      concurrency: IN_FLIGHT,
      intervalCap,
      interval: (1_000 * intervalCap) / perSecond,
    });
  }

  /** Writes when it is its turn, before others if a person waits for it; rejects when the signal aborts. */
  write<T>(
    work: () => Promise<T>,
    { signal, urgent = false }: { signal: AbortSignal; urgent?: boolean },
  ): Promise<T> {
    return this.#queue.add(() => patiently(work, signal), { signal, priority: urgent ? 1 : 0 });
  }

  /** Writes that wait for their turn. */
  get length(): number {
    return this.#queue.size;
  }
}

/** An API server that is overloaded says when it wants to be asked again; the slot is held meanwhile, on purpose. */
async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 429 || attempt === ATTEMPTS) throw error;
      await delay(Math.min(error.retryAfter ?? 1_000, LONGEST_WAIT), undefined, { signal });
    }
  }
}
