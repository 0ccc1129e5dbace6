import type { LedgerEntry } from '../../api/qlikexecutionledger.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { unlessAbsent, unlessOvertaken } from '../../kubernetes/api-error.ts';
import type { Store } from '../../kubernetes/store.ts';
import { isFinished, isSuspended, neverRan, type Job } from './job.ts';
import type { SlotLeases } from './slot-leases.ts';
import type { Observations } from './observations.ts';
import type { Pods } from './pods.ts';
import type { Writes } from './writes.ts';

/** Milliseconds in which the Job controller has caught up with what it has not seen yet; it works on a cache. */
export const CAUGHT_UP = 10_000;

export interface ReleaseParts {
  readonly writes: Writes;
  readonly pods: Pods;
  readonly observations: Observations;
  readonly leases: SlotLeases;
  readonly executions: Store<QlikExecution>;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

/** Whether a use has ended, and whether it ever began. */
export type Use = 'inUse' | 'neverUsed' | 'ended';

/**
 * Finds out whether the holder of an entry has stopped. Asked after the ledger was read that the entry is to be taken
 * from, as the order matters: whoever admits it meanwhile either changes that ledger or meets a newer version of the Job.
 */
export class Releases {
  readonly #parts: ReleaseParts;

  constructor(parts: ReleaseParts) {
    this.#parts = parts;
  }

  async useOf(entry: LedgerEntry): Promise<Use> {
    switch (entry.kind) {
      case 'Job':
        return this.#useOfJob(entry);
      case 'QlikExecution':
        return this.#useOfExecution(entry);
      case 'Pod':
        return (await this.#parts.pods.hasEnded(entry)) ? 'ended' : 'inUse';
    }
  }

  forget(uid: string): void {
    this.#parts.observations.forget(uid);
    this.#parts.leases.forget(uid);
  }

  async #useOfJob(entry: LedgerEntry): Promise<Use> {
    const { writes, pods } = this.#parts;
    const job = await found(writes.readJob(entry), entry.uid);
    if (job !== undefined && isFinished(job)) return 'ended';
    if (!(await this.#hasStopped(entry, job)) || !(await pods.areGone(entry))) return 'inUse';
    return job !== undefined && neverRan(job) ? 'neverUsed' : 'ended';
  }

  /** Gone or suspended for so long that the Job controller knows, and nobody can admit it as it was read any more. */
  async #hasStopped(entry: LedgerEntry, job: Job | undefined): Promise<boolean> {
    if (job === undefined) return this.#isLongSo(entry, 'gone');
    if (!isSuspended(job)) return false;
    if (!neverRan(job) && !this.#isLongSo(entry, `suspended ${job.metadata.generation}`)) return false;
    return isWritten(this.#parts.writes.touchJob(job));
  }

  async #useOfExecution(entry: LedgerEntry): Promise<Use> {
    const { writes, pods, leases, wallClock } = this.#parts;
    const execution = await found(writes.readExecution(entry), entry.uid);
    if (execution === undefined) {
      this.#isGone(entry);
      return 'ended';
    }
    if (execution.status?.expiredTime !== undefined) return leases.isGraceOver(execution) ? 'ended' : 'inUse';
    if (!isAdmitted(execution))
      return (await isWritten(writes.touchExecution(execution))) ? 'neverUsed' : 'inUse';
    const { holderRef } = execution.spec;
    if (holderRef === undefined) return 'inUse'; // until its Lease has run out
    const { namespace } = execution.metadata;
    if (!(await pods.hasEnded({ namespace, ...holderRef }))) return 'inUse';
    const ended = await unlessOvertaken(writes.endExecution(execution, wallClock()));
    if (ended === undefined) return 'inUse';
    // Ahead of the watch, or it would be taken for one that runs without an entry.
    this.#parts.executions.update(ended);
    return 'ended';
  }

  #isGone({ namespace, name, uid }: LedgerEntry): void {
    const { executions } = this.#parts;
    const key = `${namespace}/${name}`;
    if (executions.get(key)?.metadata.uid === uid) executions.delete(key);
  }

  #isLongSo({ uid }: LedgerEntry, what: string): boolean {
    return this.#parts.observations.seen(uid, what) >= CAUGHT_UP;
  }
}

export function isAdmitted({ status }: QlikExecution): boolean {
  return (
    status?.conditions?.some(({ type, status: value }) => type === 'Admitted' && value === 'True') === true
  );
}

/** The object of that uid; `undefined` when there is none of that name, or another one. */
export async function found<T extends Pick<Job, 'metadata'>>(
  read: Promise<T>,
  uid: string,
): Promise<T | undefined> {
  const object = await unlessAbsent(read);
  return object?.metadata.uid === uid ? object : undefined;
}

/** Whether an object was written as it was read; if not, somebody has just changed it. */
async function isWritten(write: Promise<unknown>): Promise<boolean> {
  return (await unlessOvertaken(write)) !== undefined;
}
