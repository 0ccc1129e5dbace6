import { Loop, type LoopOptions } from '../controller/loop.ts';
import { WorkQueue } from '../controller/queue.ts';
import { Schedule } from '../controller/schedule.ts';
import { sharesOf, type SlotLimits } from '../controller/slots.ts';
import { ApiError } from '../kubernetes/api-error.ts';
import type { Key } from '../kubernetes/object.ts';
import type { RestClient } from '../kubernetes/rest.ts';
import { endOf, TermOver, type Term } from '../kubernetes/term.ts';
import type { Log } from '../telemetry/log.ts';

export interface TermLoopOptions {
  readonly rest: RestClient;
  readonly log: Log;
  /** What is done, as the log names it. */
  readonly what: string;
  readonly workers: number;
  readonly isSlow: (key: Key) => boolean;
  /** Keys that burden the same server outside as the same user. @default none do */
  readonly groups?: SlotLimits['groups'];
  readonly reconcile: LoopOptions['reconcile'];
  /** Told of an error that is not the end of the term. */
  readonly onError?: () => void;
}

/** Queue of keys → reconcile, for the length of one term as leader. Nothing of it outlives the term. */
export class TermLoop {
  readonly queue: WorkQueue;
  readonly schedule = new Schedule((key) => this.queue.add(key));
  readonly #term: Term;
  readonly #options: TermLoopOptions;
  readonly #loop: Loop;

  constructor(term: Term, options: TermLoopOptions) {
    this.#term = term;
    this.#options = options;
    const { workers, reconcile } = options;
    this.queue = new WorkQueue(sharesOf(workers, options));
    this.#loop = new Loop({
      queue: this.queue,
      schedule: this.schedule,
      workers,
      reconcile,
      onError: (key, error) => this.#failed(key, error),
    });
  }

  /** Works until the term ends and all that was under way has ended. */
  async run(keys: Iterable<Key>): Promise<void> {
    // Failed while the API server was away: nobody waits for a backoff once it is back.
    const forget = this.#options.rest.reachability.onBack(() => this.#loop.retryFailed());
    for (const key of keys) this.queue.add(key);
    this.#loop.start();
    await endOf(this.#term);
    forget();
    await this.#loop.stop();
  }

  #failed(key: Key, error: unknown): void {
    if (error instanceof TermOver) return;
    const { log, rest, what, onError } = this.#options;
    onError?.();
    if (rest.reachability.isAway && !(error instanceof ApiError)) {
      log.debug({ key, error }, `${what} failed, as the API server is away; it is tried again`);
      return;
    }
    log.error({ key, error }, `${what} failed; it is tried again`);
  }
}
