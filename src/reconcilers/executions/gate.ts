import { milliseconds } from '../../api/duration.ts';
import type { LedgerEntry, QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Result } from '../../controller/loop.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Admissions } from './admission.ts';
import { claimOf, type Demand, type Demands, type Holder } from './demand.ts';
import type { Displays } from './display.ts';
import { queueStateOf } from './job.ts';
import { coolUntil, isNewerFormat, isReady, taken } from './ledger.ts';
import type { Plan, Plans } from './plan.ts';
import type { Ledgers } from './ledgers.ts';
import type { AllowedNamespaces } from './namespaces.ts';
import type { Rebuilds } from './rebuild.ts';
import { CAUGHT_UP } from './release.ts';
import type { ExecutionReport, ExecutionReports } from './report.ts';
import type { Rules } from './standing.ts';

/** Rounds in one go; then others have their turn. */
const ROUNDS = 10;
/** All entries are looked at this often, whatever is heard of them. */
const MINUTE = 60_000;
/** Milliseconds until it is tried again when somebody else keeps changing the same. */
const BREATHER = 100;

export interface GateParts {
  readonly servers: Store<QlikServer>;
  readonly demands: Demands;
  readonly ledgers: Ledgers;
  readonly rebuilds: Rebuilds;
  readonly plans: Plans;
  readonly admissions: Admissions;
  readonly displays: Displays;
  readonly namespaces: AllowedNamespaces;
  /** The server as it is now. */
  readonly readServer: (server: Key) => Promise<QlikServer | undefined>;
  readonly reports: ExecutionReports;
  readonly metrics: Metrics;
  /** Told when there is something new for the status of a server. */
  readonly onReport: (server: Key) => void;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

/**
 * The gate of one server: who ends gives his slots back, who runs without one is counted, and who waits is admitted, in
 * order, as far as the limit allows. docs/executions.md has the rules; their order is what keeps the limit.
 */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  async reconcile(key: Key): Promise<Result> {
    const { servers, ledgers, demands, wallClock } = this.#parts;
    const server = servers.get(key);
    const rules = await this.#rulesOf(key, server);
    const demandNow = () => demands.of(key, rules, wallClock());
    const isWanted = ledgers.mayExist(key) || demandNow().holders.size > 0;
    const ledger = isWanted ? await ledgers.get(key) : undefined;
    if (ledger === undefined && demandNow().holders.size === 0) return this.#nobody(key, server);
    if (ledger !== undefined && isNewerFormat(ledger)) return this.#standAside(key, server, demandNow());
    if (server === undefined) return this.#windDown(key, ledger, demandNow);
    if (ledger === undefined || !isReady(ledger)) return this.#rebuild(key, { server, ledger }, demandNow);
    return this.#rounds(key, demandNow);
  }

  async #rulesOf(key: Key, server: QlikServer | undefined): Promise<Rules | undefined> {
    const { namespaces, demands } = this.#parts;
    return server === undefined ? undefined : namespaces.rulesOf(server, demands.namespacesOf(key));
  }

  forget(key: Key): void {
    const { ledgers, rebuilds, reports, metrics } = this.#parts;
    ledgers.forget(key);
    rebuilds.forget(key);
    reports.forget(key);
    metrics.forgetExecutions(splitKey(key));
  }

  #nobody(key: Key, server: QlikServer | undefined): Result {
    if (server === undefined) this.forget(key);
    else this.#report(key, server, { running: 0, demand: undefined });
    return { kind: 'settled' };
  }

  /** Frees and admits until there is nothing to do. */
  async #rounds(key: Key, demandNow: () => Demand): Promise<Result> {
    const { servers, ledgers, plans, admissions, wallClock } = this.#parts;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const server = servers.get(key);
      const ledger = await ledgers.get(key);
      if (server === undefined || ledger === undefined) break;
      if (isNewerFormat(ledger) || !isReady(ledger)) break;
      const demand = demandNow();
      const plan = await plans.of(server, ledger, demand);
      if (!(await this.#written(key, ledger, plan))) continue;
      const isDone = await admissions.admit(key, plan.admitted, demand);
      if (plan.admitted.length > 0) this.#recount(server, demandNow());
      if (isDone && plan.admitted.length === 0) return this.#settle(key, server, { plan, demand });
    }
    return { kind: 'again', at: wallClock() + BREATHER };
  }

  /** Never more than the limit has been admitted; this counts it by other means than the ledger. */
  #recount(server: QlikServer, { holders }: Demand): void {
    const admitted = [...holders.values()].filter(isAdmitted).map((holder) => claimOf(holder).weight);
    const over = admitted.reduce((sum, weight) => sum + weight, 0) > server.spec.maxParallelExecutions;
    if (over) this.#parts.metrics.executionsOvershot();
  }

  async #settle(
    key: Key,
    server: QlikServer,
    { plan, demand }: { plan: Plan; demand: Demand },
  ): Promise<Result> {
    const { displays, wallClock } = this.#parts;
    const isAllShown = await displays.show(demand);
    this.#report(key, server, { running: taken(plan.entries), demand });
    if (!isAllShown) return { kind: 'again', at: wallClock() };
    const next = this.#nextChange(server, plan.entries, demand);
    return { kind: 'again', at: Math.min(plan.lookAgainAt, next) };
  }

  /**
   * Writes the plan, unless it changes nothing. The limit is that of the server the ledger names; should the cache have
   * another one, the server is read after the ledger was, and named: from then on a lowered limit binds everybody.
   */
  async #written(key: Key, read: QlikExecutionLedger, { entries, admitted }: Plan): Promise<boolean> {
    const { servers, ledgers, readServer, metrics } = this.#parts;
    const cached = servers.get(key);
    const server = isNamed(cached, read) ? cached : await readServer(key);
    if (server === undefined) return false;
    const isNews = !isNamed(server, read) || !isSame(entries, read.ledger.entries);
    if (!isNews && admitted.length === 0) return true;
    const limit = server.spec.maxParallelExecutions;
    if (admitted.length > 0 && taken(entries) > limit) {
      // The cache was behind: what was planned with its limit does not fit.
      servers.update(server);
      return false;
    }
    const { uid, generation } = server.metadata;
    const ledger = { ...read.ledger, server: { uid, generation }, limit, entries: [...entries] };
    if ((await ledgers.cas(key, read, ledger)) === undefined) return false;
    metrics.executionsBypassed(bypasses(read.ledger.entries, entries, admitted));
    return true;
  }

  async #rebuild(
    key: Key,
    { server, ledger }: { server: QlikServer; ledger: QlikExecutionLedger | undefined },
    demandNow: () => Demand,
  ): Promise<Result> {
    const { rebuilds, displays, wallClock } = this.#parts;
    const result = await rebuilds.goOn(key, ledger);
    if (result.kind === 'ready') return this.#rounds(key, demandNow);
    const demand = demandNow();
    await displays.show(demand);
    this.#report(key, server, { running: demand.running.length, demand, isRebuilding: true });
    return { kind: 'again', at: wallClock() + result.for };
  }

  /** An operator that is newer than this one has written the ledger, by rules that are not known here. */
  #standAside(key: Key, server: QlikServer | undefined, demand: Demand): Result {
    if (server !== undefined)
      this.#report(key, server, { running: demand.running.length, demand, isRebuilding: true });
    return { kind: 'again', at: this.#parts.wallClock() + MINUTE };
  }

  /** The server is gone: nobody is admitted, and the ledger goes with the last of those who run. */
  async #windDown(
    key: Key,
    ledger: QlikExecutionLedger | undefined,
    demandNow: () => Demand,
  ): Promise<Result> {
    const { ledgers, displays, plans, wallClock } = this.#parts;
    const demand = demandNow();
    await displays.show(demand);
    if (ledger === undefined) return { kind: 'settled' };
    const { entries } = await plans.ofGone(ledger, demand);
    if (entries.length === 0 || !isReady(ledger)) {
      await ledgers.remove(key, ledger);
      this.forget(key);
      return { kind: 'settled' };
    }
    if (!isSame(entries, ledger.ledger.entries))
      await ledgers.cas(key, ledger, { ...ledger.ledger, entries: [...entries] });
    return { kind: 'again', at: wallClock() + CAUGHT_UP };
  }

  #nextChange(server: QlikServer, entries: readonly LedgerEntry[], { queue }: Demand): number {
    const now = this.#parts.wallClock();
    const cooldown = milliseconds(server.spec.executions.slotCooldown);
    const queueTimeout = milliseconds(server.spec.executions.queueTimeout);
    return Math.min(
      now + MINUTE,
      ...entries.map((entry) => coolUntil(entry, cooldown) ?? Number.POSITIVE_INFINITY),
      ...queue.map(({ since }) => since + queueTimeout),
    );
  }

  #report(
    key: Key,
    server: QlikServer,
    {
      running,
      demand,
      isRebuilding = false,
    }: { running: number; demand: Demand | undefined; isRebuilding?: boolean },
  ): void {
    const { reports, onReport, metrics } = this.#parts;
    const queue = demand?.queue ?? [];
    const report: ExecutionReport = {
      uid: server.metadata.uid,
      limit: server.spec.maxParallelExecutions,
      running,
      queued: queue.length,
      oldestQueuedSince: queue.length === 0 ? undefined : Math.min(...queue.map(({ since }) => since)),
      isRebuilding,
    };
    metrics.executions(server.metadata, report);
    if (reports.set(server, report)) onReport(key);
  }
}

/** Whether he runs because he was admitted, and not past the queue. */
function isAdmitted({ kind, object, standing }: Holder): boolean {
  return standing.kind === 'running' && (kind === 'QlikExecution' || queueStateOf(object) === 'Admitted');
}

function isNamed(server: QlikServer | undefined, { ledger }: QlikExecutionLedger): boolean {
  const { uid, generation } = server?.metadata ?? {};
  return uid !== undefined && ledger.server?.uid === uid && ledger.server.generation === generation;
}

function isSame(a: readonly LedgerEntry[], b: readonly LedgerEntry[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How many have an entry now that did not ask for one. */
function bypasses(
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
  admitted: readonly string[],
): number {
  const known = new Set([...before.map(({ uid }) => uid), ...admitted]);
  return after.filter(({ uid }) => !known.has(uid)).length;
}
