import type { LedgerEntry } from '../../api/qlikexecutionledger.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { unlessOvertaken } from '../../kubernetes/api-error.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { Demand, Holder } from './demand.ts';
import { CAUGHT_UP, type Releases, type Use } from './release.ts';
import { durationOf, type SlotLeases } from './slot-leases.ts';
import type { Writes } from './writes.ts';

/** Milliseconds between two looks at somebody of whom much is heard. */
const BREATHER = 1_000;

export interface UsesParts {
  readonly releases: Releases;
  readonly leases: SlotLeases;
  readonly writes: Writes;
  readonly executions: Store<QlikExecution>;
  readonly wallClock: () => number;
}

/** How slots are used, and when to look again. */
export interface Found {
  readonly uses: ReadonlyMap<string, Use>;
  /** Milliseconds since the epoch. */
  readonly lookAgainAt: number;
}

interface Answer {
  readonly use: Use;
  readonly lookAgainAt: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Finds out whether the holders of slots still use them, asking only where the caches do not tell. */
export class Uses {
  readonly #parts: UsesParts;
  readonly #askedAt = new Map<string, number>();

  constructor(parts: UsesParts) {
    this.#parts = parts;
  }

  /** The uses of entries; asked only after the ledger was read that these are taken from. */
  async of(
    entries: readonly LedgerEntry[],
    { holders }: Demand,
    { mayAdmit }: { mayAdmit: boolean },
  ): Promise<Found> {
    const inUse = entries.filter(({ endedAt }) => endedAt === undefined);
    const answers = await Promise.all(
      inUse.map(async (entry): Promise<[string, Answer]> => {
        const holder = holders.get(entry.uid);
        const use = knownUse(holder, mayAdmit);
        const answer = use === undefined ? await this.#ask(entry, holder) : { use, lookAgainAt: NEVER };
        if (answer.use !== 'inUse') this.#forget(entry.uid);
        return [entry.uid, answer];
      }),
    );
    return {
      uses: new Map(answers.map(([uid, { use }]) => [uid, use])),
      lookAgainAt: Math.min(NEVER, ...answers.map(([, { lookAgainAt }]) => lookAgainAt)),
    };
  }

  async #ask(entry: LedgerEntry, holder: Holder | undefined): Promise<Answer> {
    const now = this.#parts.wallClock();
    const asked = this.#askedAt.get(entry.uid) ?? Number.NEGATIVE_INFINITY;
    if (now - asked < BREATHER && now >= asked) return { use: 'inUse', lookAgainAt: asked + BREATHER };
    this.#askedAt.set(entry.uid, now);
    const lease = await this.#lease(holder);
    const use = await this.#parts.releases.useOf(entry);
    const pause = Math.min(CAUGHT_UP, Math.max(lease, BREATHER));
    return { use, lookAgainAt: use === 'inUse' ? now + pause : NEVER };
  }

  /** Takes a slot back whose Lease was not renewed in time; else milliseconds until it must be. */
  async #lease(holder: Holder | undefined): Promise<number> {
    const { leases, writes, executions, wallClock } = this.#parts;
    if (holder?.kind !== 'QlikExecution' || holder.standing.kind !== 'running') return CAUGHT_UP;
    if (durationOf(holder.object) === 0) return CAUGHT_UP;
    const left = await leases.remaining(holder.object);
    if (left > 0) return left;
    const expired = await unlessOvertaken(writes.expireExecution(holder.object, wallClock()));
    if (expired !== undefined) executions.update(expired);
    return durationOf(holder.object);
  }

  #forget(uid: string): void {
    this.#askedAt.delete(uid);
    this.#parts.releases.forget(uid);
  }
}

/** What the caches tell for sure: that a Job has ended is for ever, and one that runs will be heard of when it ends. */
function knownUse(holder: Holder | undefined, mayAdmit: boolean): Use | undefined {
  if (holder === undefined) return undefined;
  const { kind } = holder.standing;
  if (kind === 'waiting' && mayAdmit) return 'inUse';
  if (holder.kind === 'QlikExecution') return undefined;
  if (kind === 'ended') return 'ended';
  return kind === 'running' ? 'inUse' : undefined;
}
