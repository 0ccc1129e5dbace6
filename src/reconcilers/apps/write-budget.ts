import PQueue from 'p-queue';
import { patiently } from './patience.ts';

/** Writes in flight; more do not make an API server faster (docs/benchmarks.md). */
const IN_FLIGHT = 8;
/** Writes are spread over a second in steps of so many milliseconds. */
const STEP = 100;

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

  /**
   * Writes when it is its turn, before others if a person waits for it; rejects when the signal aborts before that. The
   * slot is held while an overloaded API server asks to wait, on purpose.
   */
  async write<T>(
    work: () => Promise<T>,
    { signal, urgent = false }: { signal: AbortSignal; urgent?: boolean },
  ): Promise<T> {
    let running: Promise<T> | undefined;
    const start = () => (running = patiently(work, signal));
    const written = this.#queue.add(start, { signal, priority: urgent ? 1 : 0 });
    // The queue drops what runs when the signal aborts. It must end, lest it meets the writes of whoever comes next.
    return written.catch((error: unknown) => running ?? Promise.reject(error as Error));
  }

  /** Writes that wait for their turn. */
  get length(): number {
    return this.#queue.size;
  }
}
