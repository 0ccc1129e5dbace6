import { isTracked } from '../job-progress.ts';
import type { Job } from '../job.ts';
import { JOBS } from '../jobs.ts';
import type { ApiObject } from '../object.ts';
import { controllerOf } from '../owner.ts';
import { type Pod, PODS } from '../pods.ts';

/** What can be seen of a Job: the figures and conditions that the gate decides by. */
function observedJob({ metadata, spec, status }: Job) {
  const { active = 0, terminating = 0, succeeded = 0, failed = 0 } = status;
  const isDeleted = metadata.deletionTimestamp !== undefined;
  return {
    name: metadata.name,
    generation: metadata.generation,
    finalizers: metadata.finalizers ?? [],
    isDeleted,
    isSuspended: spec.suspend,
    ...observedProgress({ status }),
    alive: { active, terminating },
    // Whether the pods of a deleted Job still count depends on who sees its deletion first.
    ended: isDeleted ? 'not compared' : { succeeded, failed },
  };
}

/** How far it is. */
export function observedProgress({ status }: Pick<Job, 'status'>) {
  const { conditions = [], startTime, completionTime } = status;
  return {
    conditions: conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).toSorted(),
    hasStarted: startTime !== undefined,
    hasCompleted: completionTime !== undefined,
  };
}

/** What can be seen of a pod: whether it may run, who owns it, and who has still to do with it. */
function observedPod(pod: Pod): string {
  const { metadata, status } = pod;
  return [
    status.phase,
    metadata.deletionTimestamp === undefined ? 'kept' : 'deleted',
    controllerOf(pod) === undefined ? 'of nobody' : `of ${controllerOf(pod)!.name}`,
    isTracked(pod) ? 'tracked' : 'not tracked',
    `label ${metadata.labels?.['kpimailer.io/qlik-server'] ?? 'missing'}`,
  ].join(', ');
}

export interface Observed {
  readonly jobs: readonly unknown[];
  readonly pods: readonly string[];
}

/** Jobs and pods without what differs from one run to another. */
export function observed(objects: Iterable<ApiObject>): Observed {
  const all = [...objects];
  return {
    jobs: all.filter(({ kind }) => kind === JOBS.kind).map((job) => observedJob(job as Job)),
    pods: all
      .filter(({ kind }) => kind === PODS.kind)
      .map((pod) => observedPod(pod as Pod))
      .toSorted(),
  };
}
