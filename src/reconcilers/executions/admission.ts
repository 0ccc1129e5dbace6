import type { QlikExecution } from '../../api/qlikexecution.ts';
import type { LedgerEntry } from '../../api/qlikexecutionledger.ts';
import { hasCode, isOvertaken, unlessOvertaken, type ApiError } from '../../kubernetes/api-error.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Demand, Holder } from './demand.ts';
import { neverRan, slimJob, type Job } from './job.ts';
import { takenByOthers, weightOf, withEntry } from './ledger.ts';
import type { Observations } from './observations.ts';
import type { Pods } from './pods.ts';
import { CAUGHT_UP, found } from './release.ts';
import type { Writes } from './writes.ts';

export interface AdmissionParts {
  readonly jobs: Store<Job>;
  readonly executions: Store<QlikExecution>;
  readonly writes: Writes;
  readonly pods: Pods;
  readonly observations: Observations;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly wallClock: () => number;
}

/** Who has slots now. */
export interface Filled {
  readonly entries: readonly LedgerEntry[];
  /** Uids of those who have just been given theirs. */
  readonly admitted: readonly string[];
  /** When somebody who was passed by may have stopped; milliseconds since the epoch. */
  readonly lookAgainAt: number;
}

/** Decides who may go next, and lets him. */
export class Admissions {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Gives slots to those who wait, in order, until one does not fit: it is not passed by, or a wide one would never have
   * its turn. One that ran before and may not have stopped yet is passed by.
   */
  async fill(
    entries: readonly LedgerEntry[],
    { queue, holders }: Demand,
    { limit, since }: { limit: number; since: string },
  ): Promise<Filled> {
    let filled = entries;
    let lookAgainAt = Number.POSITIVE_INFINITY;
    const admitted: string[] = [];
    for (const { claim } of queue) {
      const fits = takenByOthers(filled, claim.uid) + weightOf(filled, claim) <= limit;
      const holder = holders.get(claim.uid);
      const mayHaveStopped = this.#mayHaveStopped(holder);
      if (mayHaveStopped && !fits) break;
      if (mayHaveStopped && (await this.#hasStopped(holder))) {
        filled = withEntry(filled, claim, since);
        admitted.push(claim.uid);
      } else lookAgainAt = this.#parts.wallClock() + CAUGHT_UP;
    }
    return { entries: filled, admitted, lookAgainAt };
  }

  /** Lets those run whose slots stand in the ledger; false, if somebody has changed meanwhile and all is to be looked at again. */
  async admit(server: Key, uids: readonly string[], demand: Demand): Promise<boolean> {
    const results = await Promise.allSettled(
      uids.map((uid) => this.#admit(server, demand.holders.get(uid)!, demand)),
    );
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return results.every((result) => result.status === 'fulfilled' && result.value);
  }

  async #admit(server: Key, holder: Holder, demand: Demand): Promise<boolean> {
    const { wallClock, metrics } = this.#parts;
    try {
      await this.#let(server, holder);
    } catch (error) {
      if (isOvertaken(error)) await this.#readAgain(holder);
      else if (hasCode(error, 422) || hasCode(error, 403)) await this.#refuse(holder, error as ApiError);
      else throw error;
      return false;
    }
    const since = demand.queue.find(({ claim }) => claim.uid === holder.object.metadata.uid)?.since;
    metrics.executionAdmitted(Math.max(0, wallClock() - (since ?? wallClock())) / 1000);
    return true;
  }

  async #let(server: Key, holder: Holder): Promise<void> {
    const { writes, jobs, executions, wallClock } = this.#parts;
    if (holder.kind === 'Job') jobs.update(slimJob(await writes.admitJob(holder.object, server)));
    else executions.update(await writes.admitExecution(holder.object, wallClock()));
  }

  /** The cache is behind; the next round must not run into the same. */
  async #readAgain({ kind, object }: Holder): Promise<void> {
    const { writes, jobs, executions } = this.#parts;
    const { uid, namespace, name } = object.metadata;
    if (kind === 'Job') {
      const job = await found(writes.readJob(object.metadata), uid);
      if (job === undefined) jobs.delete(`${namespace}/${name}`);
      else jobs.update(slimJob(job));
      return;
    }
    const execution = await found(writes.readExecution(object.metadata), uid);
    if (execution === undefined) executions.delete(`${namespace}/${name}`);
    else executions.update(execution);
  }

  /** The API server will not have it, so trying again is of no use until a person has done something. */
  async #refuse(holder: Holder, error: ApiError): Promise<void> {
    const { writes, jobs, executions, events, wallClock } = this.#parts;
    const note = `cannot be admitted: ${error.message}`;
    if (holder.kind === 'Job') {
      const refused = writes.setQueueState(holder.object, 'Refused:Invalid', wallClock());
      const job = await unlessOvertaken(refused);
      if (job === undefined) return;
      jobs.update(slimJob(job));
      const regarding = { apiVersion: 'batch/v1', kind: 'Job', metadata: holder.object.metadata };
      await events.record(regarding, { type: 'Warning', reason: 'Refused', note, action: 'Admit' });
      return;
    }
    const refusal = { reason: 'Invalid', message: note.slice(0, 1024) };
    const refused = writes.refuseExecution(holder.object, refusal, wallClock());
    const execution = await unlessOvertaken(refused);
    if (execution !== undefined) executions.update(execution);
  }

  /** A Job that ran before: the Job controller has caught up with its being suspended. */
  #mayHaveStopped(holder: Holder | undefined): boolean {
    if (holder?.kind !== 'Job' || neverRan(holder.object)) return true;
    const { uid, generation } = holder.object.metadata;
    return this.#parts.observations.seen(uid, `suspended ${generation}`) >= CAUGHT_UP;
  }

  async #hasStopped(holder: Holder | undefined): Promise<boolean> {
    if (holder?.kind !== 'Job' || neverRan(holder.object)) return true;
    return this.#parts.pods.areGone(holder.object.metadata);
  }
}
