import { CONTROLLER_UID, hasCondition, isFinished, type Job } from '../job.ts';
import { JOBS } from '../jobs.ts';
import type { Change } from '../object-store.ts';
import { isTerminal, type Pod, PODS } from '../pods.ts';
import { observedProgress } from './observed.ts';

/** The changes of Jobs and pods in the order in which they were made. */
export type History = readonly Change[];

export function inOrder(changes: readonly Change[]): History {
  const version = ({ object }: Change) => BigInt(object.metadata.resourceVersion);
  return changes.toSorted((a, b) => (version(a) < version(b) ? -1 : 1));
}

/** Moments at which something was true that never may be; none, if all is well. */
export function breaches(history: History): string[] {
  const jobs = new Map<string, Job>();
  const pods = new Map<string, Pod>();
  return history.flatMap(({ type, object }) => {
    const objects: Map<string, unknown> = object.kind === PODS.kind ? pods : jobs;
    if (type === 'DELETED') objects.delete(object.metadata.uid);
    else objects.set(object.metadata.uid, object);
    return [...jobs.values()].flatMap((job) =>
      breachesOf(job, [...pods.values()]).map((what) => `${job.metadata.name}: ${what}`),
    );
  });
}

function breachesOf(job: Job, pods: readonly Pod[]): string[] {
  const alive = pods.filter(
    (pod) => pod.metadata.labels?.[CONTROLLER_UID] === job.metadata.uid && !isTerminal(pod),
  );
  return [
    ...(isFinished(job) && alive.length > 0 ? ['finished, and a pod of it may still run'] : []),
    ...(isSuspended(job) && (job.status.active ?? 0) > 0 ? ['suspended, and active'] : []),
  ];
}

/** Once a Job is deleted, the Job controller counts its pods, but says nothing more about its suspension. */
function isSuspended(job: Job): boolean {
  return hasCondition(job, 'Suspended') && job.metadata.deletionTimestamp === undefined;
}

/** What each Job was in turn, by its namespace and name, as far as it tells how far it is. */
export function progress(history: History): ReadonlyMap<string, readonly unknown[]> {
  const stages = new Map<string, unknown[]>();
  for (const { object } of history) {
    if (object.kind !== JOBS.kind) continue;
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const known = stages.get(key) ?? [];
    const stage = observedProgress(object as Job);
    if (JSON.stringify(known.at(-1)) !== JSON.stringify(stage)) known.push(stage);
    stages.set(key, known);
  }
  return stages;
}
