import type { QlikServer } from '../../api/qlikserver.ts';
import { Pace } from '../../controller/pace.ts';
import { EventRecorder } from '../../kubernetes/events.ts';
import { inTurn } from '../../kubernetes/in-turn.ts';
import type { Key } from '../../kubernetes/object.ts';
import { CONNECTIONS, type RestClient } from '../../kubernetes/rest.ts';
import type { Store } from '../../kubernetes/store.ts';
import { clientOf, type Term } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { AppReports } from '../apps/report.ts';
import type { ExecutionReports } from '../executions/report.ts';
import { TermLoop } from '../term-loop.ts';
import type { Bindings } from './bindings.ts';
import type { Identities } from './identities.ts';
import type { Materials } from './materials.ts';
import { ServerReconciler } from './reconcile.ts';
import { StatusWriter } from './status.ts';

/** Checks at the same time over one server as one user, however many QlikServers say so: below the five sessions of Qlik. */
const CHECKS_PER_IDENTITY = 4;
/** Checks per second that may start outside the rhythm of their server. */
const STARTS_PER_SECOND = 10;
/** Statuses and events under way; the other connections are for the lease, which has to be renewed in time. */
const WRITES_AT_ONCE = CONNECTIONS - 4;

export interface ServerWorkOptions {
  readonly rest: RestClient;
  readonly servers: Store<QlikServer>;
  readonly materials: Materials;
  readonly bindings: Bindings;
  readonly apps: AppReports;
  readonly executions: ExecutionReports;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Name of this replica in events. */
  readonly instance: string;
  readonly concurrency: number;
  readonly minCheckInterval: number;
  readonly heartbeat: number;
}

/** The work on QlikServers during one term as leader. Nothing of it outlives the term. */
export class ServerWork {
  readonly #options: ServerWorkOptions;
  readonly #pace = new Pace(STARTS_PER_SECOND, (key) => this.#loop.queue.add(key));
  readonly #reconciler: ServerReconciler;
  readonly #loop: TermLoop;

  constructor(term: Term, options: ServerWorkOptions) {
    this.#options = options;
    const { rest, servers, instance, concurrency, metrics } = options;
    const client = clientOf(term, rest);
    const writer = inTurn(client, WRITES_AT_ONCE);
    this.#reconciler = new ServerReconciler({
      ...options,
      status: new StatusWriter(writer, servers),
      events: new EventRecorder(writer, instance),
      pace: this.#pace,
    });
    this.#loop = new TermLoop(term, {
      ...options,
      what: 'reconcile',
      workers: concurrency,
      isSlow: (key) => this.#reconciler.isSlow(key),
      groups: { of: (key) => options.identities.of(key), most: CHECKS_PER_IDENTITY },
      reconcile: async (key, signal, release) => {
        const result = await this.#reconciler.reconcile(key, signal, release);
        metrics.reconciled('success');
        return result;
      },
      onError: () => metrics.reconciled('error'),
    });
  }

  /** Works until the term ends and all that was under way has ended. */
  async run(): Promise<void> {
    await this.#loop.run(this.#options.servers.keys());
    this.#pace.stop();
    this.#options.metrics.forgetServers();
  }

  /** `superseded`: what runs for this server is about something that is no longer so. */
  enqueue(key: Key, { superseded = false, urgent = false } = {}): void {
    if (superseded) this.#reconciler.supersede(key);
    this.#loop.queue.add(key, { urgent });
  }

  get queueLength(): number {
    return this.#loop.queue.length + this.#pace.length;
  }

  get scheduleLag(): number {
    return this.#loop.schedule.lag;
  }
}
