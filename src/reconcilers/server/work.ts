import type { QlikServer } from '../../api/qlikserver.ts';
import type { MaterialMaker } from '../../connections/material.ts';
import { Loop } from '../../controller/loop.ts';
import { Pace } from '../../controller/pace.ts';
import { WorkQueue } from '../../controller/queue.ts';
import { sharesOf } from '../../controller/slots.ts';
import { Schedule } from '../../controller/schedule.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import type { Store } from '../../kubernetes/store.ts';
import { clientOf, TermOver, type Term } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { AccessRights } from './grant.ts';
import { Materials } from './materials.ts';
import { ServerReconciler } from './reconcile.ts';
import type { SourceWatches } from './source-watches.ts';
import { StatusWriter } from './status.ts';

/** Checks per second that may start outside the rhythm of their server. */
const STARTS_PER_SECOND = 10;

export interface ServerWorkOptions {
  readonly rest: RestClient;
  readonly servers: Store<QlikServer>;
  readonly watches: SourceWatches;
  readonly maker: MaterialMaker;
  readonly rights: AccessRights;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Name of this replica in events. */
  readonly instance: string;
  readonly concurrency: number;
  readonly minCheckInterval: number;
  readonly heartbeat: number;
}

/** The work on QlikServers during one term as leader: queue of keys → reconcile. Nothing of it outlives the term. */
export class ServerWork {
  readonly #options: ServerWorkOptions;
  readonly #term: Term;
  readonly #queue: WorkQueue;
  readonly #schedule = new Schedule((key) => this.#queue.add(key));
  readonly #pace = new Pace(STARTS_PER_SECOND, (key) => this.#queue.add(key));
  readonly #reconciler: ServerReconciler;
  readonly #loop: Loop;

  constructor(term: Term, options: ServerWorkOptions) {
    this.#term = term;
    this.#options = options;
    const { rest, servers, watches, maker, rights, instance, concurrency, metrics } = options;
    const client = clientOf(term, rest);
    this.#queue = new WorkQueue(sharesOf(concurrency, (key) => this.#reconciler.isSlow(key)));
    this.#reconciler = new ServerReconciler({
      ...options,
      materials: new Materials({ rest: client, watches, maker, rights }),
      status: new StatusWriter(client, servers),
      events: new EventRecorder(client, instance),
      pace: this.#pace,
    });
    this.#loop = new Loop({
      queue: this.#queue,
      schedule: this.#schedule,
      workers: concurrency,
      reconcile: async (key, signal) => {
        const result = await this.#reconciler.reconcile(key, signal);
        metrics.reconciled('success');
        return result;
      },
      onError: (key, error) => this.#failed(key, error),
    });
  }

  /** Works until the term ends and all that was under way has ended. */
  async run(): Promise<void> {
    const { rest, servers, metrics } = this.#options;
    // Failed while the API server was away: nobody waits for a backoff once it is back.
    const forget = rest.reachability.onBack(() => this.#loop.retryFailed());
    for (const key of servers.keys()) this.#queue.add(key);
    this.#loop.start();
    const { signal } = this.#term;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    forget();
    this.#pace.stop();
    await this.#loop.stop();
    metrics.forgetServers();
  }

  /** `superseded`: what runs for this server is about something that is no longer so. */
  enqueue(key: Key, { superseded = false, urgent = false } = {}): void {
    if (superseded) this.#reconciler.supersede(key);
    this.#queue.add(key, { urgent });
  }

  get queueLength(): number {
    return this.#queue.length + this.#pace.length;
  }

  get scheduleLag(): number {
    return this.#schedule.lag;
  }

  #failed(key: Key, error: unknown): void {
    if (error instanceof TermOver) return;
    const { log, rest, metrics } = this.#options;
    metrics.reconciled('error');
    if (rest.reachability.isAway && !(error instanceof ApiError)) {
      log.debug({ key, error }, 'reconcile failed, as the API server is away; it is tried again');
      return;
    }
    log.error({ key, error }, 'reconcile failed; it is tried again');
  }
}
