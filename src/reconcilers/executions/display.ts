import type { QlikExecution } from '../../api/qlikexecution.ts';
import { unlessOvertaken } from '../../kubernetes/api-error.ts';
import type { Store } from '../../kubernetes/store.ts';
import { queueStateDue, type Demand, type Holder } from './demand.ts';
import { slimJob, type Job } from './job.ts';
import type { Standing } from './standing.ts';
import type { Writes } from './writes.ts';

/** Objects written at a time; admissions go before the rest. */
const AT_A_TIME = 32;

export interface DisplayParts {
  readonly jobs: Store<Job>;
  readonly executions: Store<QlikExecution>;
  readonly writes: Writes;
  readonly wallClock: () => number;
}

/** Says on Jobs and QlikExecutions where they stand, once for each change. */
export class Displays {
  readonly #parts: DisplayParts;

  constructor(parts: DisplayParts) {
    this.#parts = parts;
  }

  /** Whether everything is said; if not, there is more to say than should be said at a time. */
  async show({ holders }: Demand): Promise<boolean> {
    const due = [...holders.values()].filter((holder) => this.#isDue(holder));
    await Promise.all(due.slice(0, AT_A_TIME).map((holder) => this.#show(holder)));
    return due.length <= AT_A_TIME;
  }

  #isDue(holder: Holder): boolean {
    if (holder.kind === 'Job') return queueStateDue(holder) !== undefined;
    const wanted = conditionFor(holder.standing);
    const before = holder.object.status?.conditions?.find(({ type }) => type === 'Admitted');
    return wanted !== undefined && before?.reason !== wanted.reason;
  }

  /** One that is changed or gone since it was read is left to the watch, which tells, and then it is looked at again. */
  async #show(holder: Holder): Promise<void> {
    const { jobs, executions, writes, wallClock } = this.#parts;
    if (holder.kind === 'Job') {
      const state = queueStateDue(holder)!;
      const write = isManifestRefused(holder)
        ? writes.refuseManifest(holder.object, state)
        : writes.setQueueState(holder.object, state, wallClock());
      const job = await unlessOvertaken(write);
      if (job !== undefined) jobs.update(slimJob(job));
    } else {
      const wanted = conditionFor(holder.standing)!;
      const execution = await unlessOvertaken(writes.refuseExecution(holder.object, wanted, wallClock()));
      if (execution !== undefined) executions.update(execution);
    }
  }
}

function isManifestRefused({ standing }: Holder): boolean {
  return standing.kind === 'refused' && standing.why === 'SuspendOwnedByGitOps';
}

/** What Admitted says of a QlikExecution that is not. */
function conditionFor(standing: Standing): { reason: string; message: string } | undefined {
  switch (standing.kind) {
    case 'waiting':
      return { reason: 'Queued', message: 'waits for its slots' };
    case 'refused':
      return { reason: standing.why, message: REFUSALS[standing.why] };
    case 'expired':
      return {
        reason: 'Expired',
        message: 'has waited for longer than spec.executions.queueTimeout of the server',
      };
    case 'running':
    case 'ended':
    case 'held':
    case 'others':
      return undefined;
  }
}

/** What each refusal means, as far as it can be said of a QlikExecution. */
const REFUSALS: Readonly<Record<(Standing & { kind: 'refused' })['why'], string>> = {
  ServerNotFound: 'there is no such QlikServer; correct spec.serverRef, or create it',
  NamespaceNotAllowed: 'the QlikServer does not allow this namespace (spec.executions.allowedNamespaces)',
  InvalidSlots: 'the slots are no number from 1 to 64',
  WiderThanLimit: 'it takes more slots than the QlikServer has (spec.maxParallelExecutions)',
  SuspendOwnedByGitOps: 'its manifest states spec.suspend; leave that out',
  Invalid: 'the API server refuses to admit it',
};
