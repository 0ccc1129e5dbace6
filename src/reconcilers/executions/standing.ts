import { QUEUED_SINCE_ANNOTATION } from '../../api/executions.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import type { Claim } from './ledger.ts';
import {
  hasNonsensicalSlots,
  isFinished,
  isOthersToManage,
  isRequeued,
  isSuspendApplied,
  isSuspended,
  queueStateOf,
  wasSuspendedAgain,
  weightOfJob,
  type Job,
} from './job.ts';

/** Why somebody is not admitted though there may be slots; part of the API, see docs/executions.md. */
export type Refusal =
  | 'ServerNotFound'
  | 'NamespaceNotAllowed'
  | 'InvalidSlots'
  | 'WiderThanLimit'
  | 'SuspendOwnedByGitOps'
  | 'Invalid';

/** Where somebody stands who may hold slots. */
export type Standing =
  /** Will be admitted when it is its turn. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended' }
  /** Suspended again by hand: it waits for `requeue`, and blocks nobody. */
  | { readonly kind: 'held' }
  | { readonly kind: 'refused'; readonly why: Refusal }
  /** Has waited for too long. */
  | { readonly kind: 'expired' }
  /** Not the gate's to decide about. */
  | { readonly kind: 'others' };

/** What the rules of a server say to those who want to use it; `undefined`, if there is no such server. */
export interface Rules {
  readonly limit: number;
  /** Milliseconds. */
  readonly queueTimeout: number;
  readonly allows: (namespace: string) => boolean;
}

/** Refusals that a person has to take back with `requeue`; the others are judged anew each time. */
const STAYING: readonly Refusal[] = ['SuspendOwnedByGitOps', 'Invalid'];

export function standingOfJob(job: Job, rules: Rules | undefined, now: number): Standing {
  if (isFinished(job)) return { kind: 'ended' };
  if (!isSuspended(job)) return { kind: 'running' };
  if (isOthersToManage(job) || job.metadata.deletionTimestamp !== undefined) return { kind: 'others' };
  const kept = isRequeued(job) ? undefined : keptStanding(job);
  if (kept !== undefined) return kept;
  if (hasNonsensicalSlots(job)) return { kind: 'refused', why: 'InvalidSlots' };
  return standingInQueue(
    { namespace: job.metadata.namespace, weight: weightOfJob(job), since: queuedSince(job, now) },
    rules,
    now,
  );
}

/** What was decided before and is not changed by time or by the server. */
function keptStanding(job: Job): Standing | undefined {
  const state = queueStateOf(job);
  if (state === 'Held') return { kind: 'held' };
  if (state === 'Expired') return { kind: 'expired' };
  const why = STAYING.find((refusal) => state === `Refused:${refusal}`);
  if (why !== undefined) return { kind: 'refused', why };
  if (!wasSuspendedAgain(job)) return undefined;
  return isSuspendApplied(job) ? { kind: 'refused', why: 'SuspendOwnedByGitOps' } : { kind: 'held' };
}

export function standingOfExecution(
  execution: QlikExecution,
  rules: Rules | undefined,
  now: number,
): Standing {
  const { metadata, spec } = execution;
  const decided = decidedStanding(execution);
  if (decided !== undefined) return decided;
  if (metadata.deletionTimestamp !== undefined) return { kind: 'ended' };
  const since = Date.parse(metadata.creationTimestamp);
  return standingInQueue({ namespace: metadata.namespace, weight: spec.slots, since }, rules, now);
}

/** What its status says for good. */
function decidedStanding({ status }: QlikExecution): Standing | undefined {
  if (status?.expiredTime !== undefined) return { kind: 'expired' };
  const admitted = status?.conditions?.find(({ type }) => type === 'Admitted');
  if (admitted === undefined) return undefined;
  return admitted.status === 'True' ? { kind: 'running' } : FINAL[admitted.reason];
}

/** Reasons of Admitted that are never taken back. */
const FINAL: Readonly<Record<string, Standing>> = {
  Expired: { kind: 'expired' },
  Ended: { kind: 'ended' },
  Invalid: { kind: 'refused', why: 'Invalid' },
};

function standingInQueue(
  { namespace, weight, since }: { namespace: string; weight: number; since: number },
  rules: Rules | undefined,
  now: number,
): Standing {
  if (rules === undefined) return { kind: 'refused', why: 'ServerNotFound' };
  if (!rules.allows(namespace)) return { kind: 'refused', why: 'NamespaceNotAllowed' };
  if (weight > rules.limit) return { kind: 'refused', why: 'WiderThanLimit' };
  return now - since >= rules.queueTimeout ? { kind: 'expired' } : { kind: 'waiting' };
}

/** Since when it waits: since it was made, or put back into the queue. */
export function queuedSince({ metadata }: Job, now: number): number {
  if (isRequeued({ metadata } as Job)) return now;
  const since = Date.parse(metadata.annotations?.[QUEUED_SINCE_ANNOTATION] ?? metadata.creationTimestamp);
  return Number.isNaN(since) ? now : since;
}

export function claimOfJob(job: Job): Claim {
  const { uid, namespace, name } = job.metadata;
  return { kind: 'Job', uid, namespace, name, weight: weightOfJob(job) };
}

export function claimOfExecution({ metadata: { uid, namespace, name }, spec }: QlikExecution): Claim {
  return { kind: 'QlikExecution', uid, namespace, name, weight: spec.slots };
}
