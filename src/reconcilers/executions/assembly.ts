import type { QlikExecution } from '../../api/qlikexecution.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { Admissions } from './admission.ts';
import { Demands } from './demand.ts';
import { Displays } from './display.ts';
import { Gate } from './gate.ts';
import type { Job } from './job.ts';
import { Ledgers } from './ledgers.ts';
import { Listings } from './listings.ts';
import { AllowedNamespaces } from './namespaces.ts';
import { Observations } from './observations.ts';
import { Plans } from './plan.ts';
import { Pods } from './pods.ts';
import { priorityFrom, type PriorityClass } from './priorities.ts';
import { Rebuilds } from './rebuild.ts';
import { Releases } from './release.ts';
import type { ExecutionReports } from './report.ts';
import { SlotLeases } from './slot-leases.ts';
import { Uses } from './uses.ts';
import { Writes } from './writes.ts';

export interface GateOptions {
  readonly rest: ApiClient;
  readonly servers: Store<QlikServer>;
  readonly jobs: Store<Job>;
  readonly executions: Store<QlikExecution>;
  readonly priorityClasses: Store<PriorityClass>;
  /** Namespaces that are watched; `undefined` stands for all. */
  readonly namespaces: readonly (string | undefined)[];
  readonly ledgerNamespace: string;
  readonly readServer: (server: Key) => Promise<QlikServer | undefined>;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly reports: ExecutionReports;
  readonly onReport: (server: Key) => void;
  /** Told of each server that somebody's wishes have changed for. */
  readonly onDemand: (server: Key) => void;
  /** Milliseconds of a clock that is never set. */
  readonly clock: () => number;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

export interface AssembledGate {
  readonly gate: Gate;
  readonly ledgers: Ledgers;
  /** Begins to tell of changes. */
  readonly attach: () => void;
  readonly detach: () => void;
}

/** Puts the parts of a gate together. */
export function gateOf(options: GateOptions): AssembledGate {
  const { rest, namespaces, clock, wallClock } = options;
  const ledgers = new Ledgers(rest, options.ledgerNamespace);
  const writes = new Writes(rest);
  const pods = new Pods(rest, namespaces);
  const observations = new Observations(clock);
  const leases = new SlotLeases(rest, clock);
  const releases = new Releases({ ...options, writes, pods, observations, leases });
  const shared = { ...options, ledgers, writes, pods, observations, leases, releases };
  const demands = new Demands({ ...options, priorityOf: priorityFrom(options.priorityClasses) });
  const admissions = new Admissions(shared);
  const gate = new Gate({
    ...shared,
    demands,
    admissions,
    plans: new Plans({ uses: new Uses(shared), admissions, wallClock }),
    displays: new Displays(shared),
    namespaces: new AllowedNamespaces(rest, clock),
    rebuilds: new Rebuilds({ ...shared, listings: new Listings(rest, namespaces), now: clock }),
  });
  return { gate, ledgers, attach: () => demands.attach(options.onDemand), detach: () => demands.detach() };
}
