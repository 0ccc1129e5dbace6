import { findCondition } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import type { LedgerEntry, QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Admissions } from './admission.ts';
import type { Demand } from './demand.ts';
import { afterEnd, coolUntil, withEntry, withoutEntries } from './ledger.ts';
import type { Use } from './release.ts';
import type { Found, Uses } from './uses.ts';

export interface PlansParts {
  readonly uses: Uses;
  readonly admissions: Admissions;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

/** What is to become of a ledger, and what rests on it. */
export interface Plan {
  readonly entries: readonly LedgerEntry[];
  /** Uids of those who are admitted once it is written. */
  readonly admitted: readonly string[];
  /** When somebody must be looked at again; milliseconds since the epoch. */
  readonly lookAgainAt: number;
}

/** Says what is to become of a ledger: who has ended gives his slots back, who runs has some, and who waits is next. */
export class Plans {
  readonly #parts: PlansParts;

  constructor(parts: PlansParts) {
    this.#parts = parts;
  }

  /** Of a server that may be used. */
  async of(server: QlikServer, { ledger }: QlikExecutionLedger, demand: Demand): Promise<Plan> {
    const { uses, admissions, wallClock } = this.#parts;
    const mayAdmit = isOpen(server);
    const found = await uses.of(ledger.entries, demand, { mayAdmit });
    const freed = this.#freed(server, ledger.entries, found);
    const entries = this.#withRunning(freed, demand, found);
    if (!mayAdmit) return { entries, admitted: [], lookAgainAt: found.lookAgainAt };
    const since = new Date(wallClock()).toISOString();
    const limit = server.spec.maxParallelExecutions;
    const filled = await admissions.fill(entries, demand, { limit, since });
    const lookAgainAt = Math.min(found.lookAgainAt, filled.lookAgainAt);
    return this.#withoutPassedOver(server, { ...filled, lookAgainAt }, demand);
  }

  /** Of a server that is gone: nobody is admitted any more. */
  async ofGone({ ledger }: QlikExecutionLedger, demand: Demand): Promise<Plan> {
    const found = await this.#parts.uses.of(ledger.entries, demand, { mayAdmit: false });
    const entries = this.#withRunning(this.#freed(undefined, ledger.entries, found), demand, found);
    return { entries, admitted: [], lookAgainAt: found.lookAgainAt };
  }

  /** A reservation of somebody who waits and is not admitted now, as others go before him, is given back. */
  async #withoutPassedOver(server: QlikServer, plan: Plan, demand: Demand): Promise<Plan> {
    const admitted = new Set(plan.admitted);
    const passedOver = plan.entries.filter(({ uid }) => !admitted.has(uid) && isWaiting(demand, uid));
    if (passedOver.length === 0) return plan;
    const found = await this.#parts.uses.of(passedOver, demand, { mayAdmit: false });
    const lookAgainAt = Math.min(plan.lookAgainAt, found.lookAgainAt);
    return { ...plan, entries: this.#freed(server, plan.entries, found), lookAgainAt };
  }

  /** What is left of the entries: what was never used is free at once, what was used once it has cooled down. */
  #freed(
    server: QlikServer | undefined,
    entries: readonly LedgerEntry[],
    { uses }: Found,
  ): readonly LedgerEntry[] {
    const now = this.#parts.wallClock();
    const cooldown = milliseconds(server?.spec.executions.slotCooldown ?? '0s');
    const uidsOf = (wanted: Use) =>
      new Set([...uses].filter(([, use]) => use === wanted).map(([uid]) => uid));
    const used = withoutEntries(entries, uidsOf('neverUsed'));
    const ended = afterEnd(used, uidsOf('ended'), { cooldown, now });
    return ended.filter((entry) => (coolUntil(entry, cooldown) ?? Number.POSITIVE_INFINITY) > now);
  }

  /** Who runs without an entry, or with too small a one, gets one, fitting or not: he was started past the queue. */
  #withRunning(entries: readonly LedgerEntry[], demand: Demand, { uses }: Found): readonly LedgerEntry[] {
    const weights = new Map(entries.map(({ uid, weight }) => [uid, weight]));
    const running = demand.running.filter(({ uid }) => (uses.get(uid) ?? 'inUse') === 'inUse');
    const missing = running.filter(({ uid, weight }) => (weights.get(uid) ?? 0) < weight);
    const since = new Date(this.#parts.wallClock()).toISOString();
    return missing.reduce<readonly LedgerEntry[]>((all, claim) => withEntry(all, claim, since), entries);
  }
}

/** Whether anybody may be admitted at all. */
function isOpen({ metadata, spec, status }: QlikServer): boolean {
  if (spec.suspend || metadata.deletionTimestamp !== undefined) return false;
  if (spec.executions.whenDisconnected === 'Run') return true;
  return findCondition(status?.conditions ?? [], 'Connected')?.status === 'True';
}

function isWaiting({ holders }: Demand, uid: string): boolean {
  return holders.get(uid)?.standing.kind === 'waiting';
}
