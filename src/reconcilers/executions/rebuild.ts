import type { QlikExecution } from '../../api/qlikexecution.ts';
import { LEDGER_FORMAT, type LedgerEntry, type QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { isOvertaken } from '../../kubernetes/api-error.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import { serverOfExecution } from './demand.ts';
import { isFinished, isSuspended, neverRan, serverNamed, serverOfJob, slotsOf, type Job } from './job.ts';
import { withEntry, type Claim } from './ledger.ts';
import type { Ledgers } from './ledgers.ts';
import type { Listings } from './listings.ts';
import type { Pod, Pods } from './pods.ts';
import { CAUGHT_UP, found, isAdmitted } from './release.ts';
import { claimOfExecution, claimOfJob } from './standing.ts';
import type { Writes } from './writes.ts';

export interface RebuildParts {
  readonly ledgers: Ledgers;
  readonly listings: Listings;
  readonly pods: Pods;
  readonly writes: Writes;
  readonly readServer: (server: Key) => Promise<QlikServer | undefined>;
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
}

interface Begun {
  /** Version of the ledger that all of it rests on. */
  readonly ledger: QlikExecutionLedger;
  readonly running: readonly Claim[];
  /** Ran before, and are suspended: started past the queue, their pods carry no label to be found by. */
  readonly suspended: readonly Claim[];
  readonly since: number;
}

export type RebuildResult =
  | { readonly kind: 'ready' }
  /** Milliseconds until it can go on. */
  | { readonly kind: 'waits'; readonly for: number };

/**
 * Fills a ledger that is not ready: missing, restored from a backup, or half filled by another operator. Nothing is
 * admitted before it is ready. The order matters: first nobody can be admitted any more on what was read before, then
 * those who run are found, then their pods.
 */
export class Rebuilds {
  readonly #parts: RebuildParts;
  readonly #begun = new Map<Key, Begun>();

  constructor(parts: RebuildParts) {
    this.#parts = parts;
  }

  async goOn(server: Key, ledger: QlikExecutionLedger | undefined): Promise<RebuildResult> {
    const { ledgers, now } = this.#parts;
    const current = ledger ?? (await ledgers.create(server));
    if (current === undefined) return { kind: 'waits', for: 0 };
    const begun = this.#begun.get(server);
    if (begun?.ledger.metadata.resourceVersion !== current.metadata.resourceVersion) {
      this.#begun.set(server, await this.#begin(server, current));
      return { kind: 'waits', for: CAUGHT_UP };
    }
    const left = begun.since + CAUGHT_UP - now();
    if (left > 0) return { kind: 'waits', for: left };
    this.#begun.delete(server);
    return (await this.#finish(server, begun)) ? { kind: 'ready' } : { kind: 'waits', for: 0 };
  }

  forget(server: Key): void {
    this.#begun.delete(server);
  }

  async #begin(server: Key, ledger: QlikExecutionLedger): Promise<Begun> {
    const { now } = this.#parts;
    // Both are read before anything is touched: a touch that fails while nobody waits for it yet would end the process.
    const waiting = (await this.#jobs(server)).filter(isSuspended);
    const pending = (await this.#executions(server)).filter(
      (execution) => !isAdmitted(execution) && execution.status?.expiredTime === undefined,
    );
    await Promise.all([
      ...waiting.map((job) => this.#touchJob(job)),
      ...pending.map((execution) => this.#touchExecution(execution)),
    ]);
    const unfinished = (await this.#jobs(server)).filter((job) => !isFinished(job));
    const jobs = unfinished.filter((job) => !isSuspended(job));
    const suspended = unfinished.filter((job) => isSuspended(job) && !neverRan(job)).map(claimOfJob);
    const executions = (await this.#executions(server)).filter(
      (execution) => isAdmitted(execution) || execution.status?.expiredTime !== undefined,
    );
    const running = [...jobs.map(claimOfJob), ...executions.map(claimOfExecution)];
    return { ledger, running, suspended, since: now() };
  }

  async #finish(server: Key, { ledger, running, suspended }: Begun): Promise<boolean> {
    const { ledgers, pods, readServer } = this.#parts;
    const since = new Date().toISOString();
    const alive = (await pods.ofServer(splitKey(server).name)).filter(
      ({ metadata }) => serverNamed(metadata.labels, metadata.namespace) === server,
    );
    const stopping = await this.#notStopped(suspended);
    const qlik = await readServer(server);
    let entries: readonly LedgerEntry[] = [];
    for (const claim of [...running, ...stopping, ...claimsOf(alive, running)])
      entries = withEntry(entries, claim, since);
    const written = await ledgers.cas(server, ledger, {
      formatVersion: LEDGER_FORMAT,
      readyUid: ledger.metadata.uid,
      ...(qlik === undefined
        ? {}
        : { server: { uid: qlik.metadata.uid, generation: qlik.metadata.generation } }),
      limit: qlik?.spec.maxParallelExecutions ?? 0,
      entries: [...entries],
    });
    return written !== undefined;
  }

  async #notStopped(suspended: readonly Claim[]): Promise<Claim[]> {
    const gone = await Promise.all(suspended.map((job) => this.#parts.pods.areGone(job)));
    return suspended.filter((_job, index) => gone[index] === false);
  }

  async #jobs(server: Key): Promise<Job[]> {
    return (await this.#parts.listings.jobs()).filter((job) => serverOfJob(job) === server);
  }

  async #executions(server: Key): Promise<QlikExecution[]> {
    return (await this.#parts.listings.executions()).filter((each) => serverOfExecution(each) === server);
  }

  async #touchJob(job: Job): Promise<void> {
    const { writes } = this.#parts;
    const { uid } = job.metadata;
    await untilTouched(
      job,
      isSuspended,
      (each) => writes.touchJob(each),
      () => found(writes.readJob(job.metadata), uid),
    );
  }

  async #touchExecution(execution: QlikExecution): Promise<void> {
    const { writes } = this.#parts;
    const { uid } = execution.metadata;
    await untilTouched(
      execution,
      (each) => !isAdmitted(each),
      (each) => writes.touchExecution(each),
      () => found(writes.readExecution(execution.metadata), uid),
    );
  }
}

/** Touches an object as it was read; one that was changed meanwhile is read again, and left alone if it runs by now. */
async function untilTouched<T>(
  read: T,
  isPending: (object: T) => boolean,
  touch: (object: T) => Promise<unknown>,
  readAgain: () => Promise<T | undefined>,
): Promise<void> {
  let object: T | undefined = read;
  while (object !== undefined && isPending(object)) {
    try {
      await touch(object);
      return;
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      object = await readAgain();
    }
  }
}

/** Pods whose Job is not there any more, or does not say so: by their Job where they have one, so that it is freed with it. */
function claimsOf(pods: readonly Pod[], running: readonly Claim[]): Claim[] {
  const known = new Set(running.map(({ uid }) => uid));
  return pods.flatMap(({ metadata }) => {
    const job = metadata.ownerReferences?.find(
      ({ kind, controller }) => kind === 'Job' && controller === true,
    );
    const { namespace } = metadata;
    const weight = slotsOf(metadata.labels) ?? 1;
    const holder: Claim =
      job === undefined
        ? { kind: 'Pod', uid: metadata.uid, namespace, name: metadata.name, weight }
        : { kind: 'Job', uid: job.uid, namespace, name: job.name, weight };
    return known.has(holder.uid) ? [] : [holder];
  });
}
