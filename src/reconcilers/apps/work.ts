import { ACCEPT_REMOVALS_ANNOTATION, SYNC_REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import type { Store } from '../../kubernetes/store.ts';
import { clientOf, type Term } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Identities } from '../server/identities.ts';
import type { Materials } from '../server/materials.ts';
import { TermLoop } from '../term-loop.ts';
import { AppWriter } from './app-writer.ts';
import { isJudged, unprovedCondition } from './due.ts';
import { Orphans } from './orphans.ts';
import { AppsReconciler } from './reconcile.ts';
import type { AppReports } from './report.ts';
import { WriteBudget } from './write-budget.ts';

/** Syncs at the same time; apart from the checks, so that neither waits for the other. */
const WORKERS = 8;

export interface AppsWorkOptions {
  readonly rest: RestClient;
  readonly servers: Store<QlikServer>;
  readonly materials: Materials;
  readonly reports: AppReports;
  readonly identities: Identities;
  /** Told when there is something new for the status of a server. */
  readonly onReport: (key: Key) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Name of this replica in events. */
  readonly instance: string;
  readonly appWriteQps: number;
}

/** The work on the catalogues during one term as leader. Nothing of it outlives the term. */
export class AppsWork {
  readonly #options: AppsWorkOptions;
  readonly #reconciler: AppsReconciler;
  readonly #orphans: Orphans;
  readonly #loop: TermLoop;

  constructor(term: Term, options: AppsWorkOptions) {
    this.#options = options;
    const client = clientOf(term, options.rest);
    const writer = new AppWriter(client);
    const budget = new WriteBudget(options.appWriteQps);
    this.#orphans = new Orphans({ rest: client, writer, budget });
    this.#reconciler = new AppsReconciler({
      ...options,
      writer,
      budget,
      events: new EventRecorder(client, options.instance),
    });
    this.#loop = new TermLoop(term, {
      ...options,
      what: 'sync',
      workers: WORKERS,
      isSlow: (key) => this.#reconciler.isSlow(key),
      groups: { of: (key) => options.identities.of(key), most: 1 },
      reconcile: async (key, signal) => {
        await this.#orphans.remove(key, signal);
        return this.#reconciler.reconcile(key, signal);
      },
    });
  }

  run(): Promise<void> {
    return this.#loop.run(this.#options.servers.keys());
  }

  /** A QlikServer was changed, by a user or by its verdicts, or is gone. */
  changed(key: Key, before: QlikServer | undefined, after: QlikServer | undefined): void {
    if (before !== undefined && before.metadata.uid !== after?.metadata.uid)
      this.#orphans.add(key, before.metadata.uid);
    const isNews = before === undefined || after === undefined || aspects(before) !== aspects(after);
    if (isNews) this.#loop.queue.add(key, { urgent: requestOf(before) !== requestOf(after) });
  }

  /** What is under way for this server is about a connection that is not the wanted one any more. */
  supersede(key: Key): void {
    this.#reconciler.supersede(key);
    this.#loop.queue.add(key);
  }

  get queueLength(): number {
    return this.#loop.queue.length;
  }

  get scheduleLag(): number {
    return this.#loop.schedule.lag;
  }
}

/** All that may make a sync due, or possible. */
function aspects(server: QlikServer): string {
  return JSON.stringify([
    server.metadata.uid,
    server.metadata.generation,
    server.metadata.deletionTimestamp,
    requestOf(server),
    server.metadata.annotations?.[ACCEPT_REMOVALS_ANNOTATION],
    isJudged(server),
    unprovedCondition(server),
    server.status?.checks?.connectionFingerprint,
  ]);
}

function requestOf(server: QlikServer | undefined): string | undefined {
  return server?.metadata.annotations?.[SYNC_REQUESTED_AT_ANNOTATION];
}
