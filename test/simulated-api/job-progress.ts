import { hasCondition, type Job, TRACKING_FINALIZER } from './job.ts';
import { isTerminal, type Pod } from './pods.ts';

/** How the pods of a Job stand. */
export interface Census {
  readonly active: readonly Pod[];
  /** Deleted, but not known to have ended. */
  readonly terminating: number;
  /** Ended and not yet part of the figures in status. */
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
}

export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) ?? false;
}

export function census({ spec }: Job, pods: readonly Pod[]): Census {
  const isDeleted = ({ metadata }: Pod) => metadata.deletionTimestamp !== undefined;
  const alive = pods.filter((pod) => !isTerminal(pod));
  const tracked = pods.filter(isTracked);
  return {
    active: alive.filter((pod) => !isDeleted(pod)),
    terminating: alive.filter(isDeleted).length,
    newlySucceeded: tracked.filter(({ status }) => status.phase === 'Succeeded'),
    // By default a pod counts as failed, and is replaced, as soon as it is deleted.
    newlyFailed: tracked.filter(
      (pod) =>
        pod.status.phase === 'Failed' ||
        (spec.podReplacementPolicy !== 'Failed' && isDeleted(pod) && !isTerminal(pod)),
    ),
  };
}

export type Verdict = 'Complete' | 'Failed';

/** What the Job comes to whatever its pods do: it was decided before, or too many of them have failed. */
export function decided(job: Job, { newlyFailed }: Census): Verdict | undefined {
  if (hasCondition(job, 'SuccessCriteriaMet')) return 'Complete';
  if (hasCondition(job, 'FailureTarget')) return 'Failed';
  return (job.status.failed ?? 0) + newlyFailed.length > job.spec.backoffLimit ? 'Failed' : undefined;
}

function succeeded({ status }: Job, { newlySucceeded }: Census): number {
  return (status.succeeded ?? 0) + newlySucceeded.length;
}

/** Pods to create, or to delete where it is negative. */
export function missingPods(job: Job, figures: Census): number {
  const { spec } = job;
  const active = figures.active.length;
  if (spec.suspend) return -active;
  const wanted = Math.max(0, wantedPods(job, figures));
  if (wanted <= active) return wanted - active;
  const held = spec.podReplacementPolicy === 'Failed' ? figures.terminating : 0;
  return Math.max(0, wanted - held - active);
}

function wantedPods(job: Job, figures: Census): number {
  const { completions, parallelism } = job.spec;
  const done = succeeded(job, figures);
  if (completions === undefined) return done > 0 ? figures.active.length : parallelism;
  return Math.min(parallelism, completions - done);
}

export function isComplete(job: Job, figures: Census, active: number): boolean {
  const done = succeeded(job, figures);
  const { completions } = job.spec;
  return active === 0 && (completions === undefined ? done > 0 : done >= completions);
}
