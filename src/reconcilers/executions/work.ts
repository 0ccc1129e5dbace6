import { findCondition } from '../../api/conditions.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import type { Store } from '../../kubernetes/store.ts';
import { clientOf, endOf, type Term } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { readServer } from '../server/status.ts';
import { TermLoop } from '../term-loop.ts';
import { gateOf, type AssembledGate } from './assembly.ts';
import type { ExecutionReports } from './report.ts';
import type { ExecutionWatches } from './watches.ts';

/** Servers whose executions are looked after at the same time. */
const WORKERS = 8;

export interface ExecutionsWorkOptions {
  readonly rest: RestClient;
  readonly servers: Store<QlikServer>;
  readonly watches: ExecutionWatches;
  readonly reports: ExecutionReports;
  /** Told when there is something new for the status of a server. */
  readonly onReport: (key: Key) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Name of this replica in events. */
  readonly instance: string;
  /** Namespaces that are watched; `undefined` stands for all. */
  readonly namespaces: readonly (string | undefined)[];
  /** Where the ledgers are: the namespace of the operator. */
  readonly ledgerNamespace: string;
}

/** The gates of all servers during one term as leader. Nothing of it outlives the term. */
export class ExecutionsWork {
  readonly #options: ExecutionsWorkOptions;
  readonly #term: Term;
  readonly #assembled: AssembledGate;
  readonly #loop: TermLoop;

  constructor(term: Term, options: ExecutionsWorkOptions) {
    this.#term = term;
    this.#options = options;
    const { rest, instance, watches } = options;
    const client = clientOf(term, rest);
    this.#assembled = gateOf({
      ...options,
      rest: client,
      jobs: watches.jobs,
      executions: watches.executions,
      priorityClasses: watches.priorityClasses,
      events: new EventRecorder(client, instance),
      readServer: (key) => readServer(client, key),
      onDemand: (key) => this.#loop.queue.add(key),
      clock: () => performance.now(),
      wallClock: () => Date.now(),
    });
    this.#loop = new TermLoop(term, {
      ...options,
      what: 'gate',
      workers: WORKERS,
      isSlow: () => false,
      reconcile: (key) => this.#assembled.gate.reconcile(key),
    });
  }

  async run(): Promise<void> {
    const { watches, servers } = this.#options;
    await Promise.race([watches.synced(), endOf(this.#term)]);
    this.#assembled.attach();
    const ledgers = this.#term.isHeld() ? await this.#ledgers() : [];
    await this.#loop.run([...servers.keys(), ...ledgers]);
    this.#assembled.detach();
  }

  /** A QlikServer was changed, by a user or by its verdicts, or is gone. */
  changed(key: Key, before: QlikServer | undefined, after: QlikServer | undefined): void {
    if (aspects(before) !== aspects(after)) this.#loop.queue.add(key);
  }

  /** Those of servers that are gone too: they go with the last of their executions. */
  async #ledgers(): Promise<readonly Key[]> {
    try {
      return await this.#assembled.ledgers.list();
    } catch (error) {
      this.#options.log.warn(
        { error },
        'cannot list the ledgers; those of servers that are gone stay for now',
      );
      return [];
    }
  }
}

/** All that the gate looks at. */
function aspects(server: QlikServer | undefined): string {
  const { metadata, status } = server ?? {};
  const connected = findCondition(status?.conditions ?? [], 'Connected')?.status;
  return JSON.stringify([metadata?.uid, metadata?.generation, metadata?.deletionTimestamp, connected]);
}
