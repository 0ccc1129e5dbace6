import type { Job, JobCondition, JobStatus } from './job.ts';
import type { Verdict } from './job-progress.ts';
import { timeOf } from './object.ts';
import type { Pod } from './pods.ts';

const INTERIM = { Complete: 'SuccessCriteriaMet', Failed: 'FailureTarget' } as const;
const REASON = { Complete: 'CompletionsReached', Failed: 'BackoffLimitExceeded' } as const;

/** Sets a condition; one that never was True is not written down as False. Returns whether it changed. */
function setCondition(status: JobStatus, wanted: JobCondition, now: number): boolean {
  const conditions = (status.conditions ??= []);
  const at = conditions.findIndex(({ type }) => type === wanted.type);
  if (at < 0 && wanted.status === 'False') return false;
  if (conditions[at]?.status === wanted.status) return false;
  const time = timeOf(now);
  conditions[at < 0 ? conditions.length : at] = { ...wanted, lastProbeTime: time, lastTransitionTime: time };
  return true;
}

/** Since Kubernetes 1.36 a Job that is suspended has not started. */
export function noteSuspension(
  status: JobStatus,
  { spec: { suspend } }: Job,
  { now, minorVersion }: { readonly now: number; readonly minorVersion: number },
): void {
  const condition: JobCondition = suspend
    ? { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }
    : { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' };
  if (!setCondition(status, condition, now)) return;
  if (!suspend) status.startTime = timeOf(now);
  else if (minorVersion >= 36) delete status.startTime;
}

/** What the Job will come to; it is not finished yet. */
export function noteDecision(status: JobStatus, verdict: Verdict, now: number): void {
  setCondition(status, { type: INTERIM[verdict], status: 'True', reason: REASON[verdict] }, now);
}

export function noteFinish(status: JobStatus, verdict: Verdict, now: number): void {
  setCondition(status, { type: verdict, status: 'True', reason: REASON[verdict] }, now);
  if (verdict === 'Complete') status.completionTime = timeOf(now);
}

/** Pods that have ended: first by uid, and as figures once nothing keeps them any more. */
export interface Ended {
  readonly succeeded: readonly Pod[];
  readonly failed: readonly Pod[];
}

export function noteUncounted(status: JobStatus, { succeeded, failed }: Ended): void {
  status['uncountedTerminatedPods'] = { succeeded: uids(succeeded), failed: uids(failed) };
}

/** An empty list is left out. */
function uids(pods: readonly Pod[]): string[] | undefined {
  return pods.length === 0 ? undefined : pods.map(({ metadata }) => metadata.uid);
}

export function count(status: JobStatus, { succeeded, failed }: Ended): void {
  status['uncountedTerminatedPods'] = {};
  status.succeeded = (status.succeeded ?? 0) + succeeded.length;
  status.failed = (status.failed ?? 0) + failed.length;
}
