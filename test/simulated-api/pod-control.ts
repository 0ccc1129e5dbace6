import { hasCode } from '../../src/kubernetes/api-error.ts';
import { collectionPath, objectPath } from '../../src/kubernetes/resource.ts';
import type { SimulatedApiServer } from './api-server.ts';
import { type Job, TRACKING_FINALIZER } from './job.ts';
import { isTracked } from './job-progress.ts';
import { type Pod, PODS } from './pods.ts';

function pathOf({ metadata: { namespace = '', name } }: Pod): string {
  return objectPath(PODS, { namespace, name });
}

/** Makes a pod of a Job; false when the API server refuses it. */
export function createPod(server: SimulatedApiServer, job: Job): boolean {
  const { name, uid, namespace } = job.metadata;
  const { metadata = {}, spec } = job.spec.template;
  const owner = { apiVersion: job.apiVersion, kind: job.kind, name, uid };
  const body = {
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      finalizers: [TRACKING_FINALIZER],
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec,
  };
  return isAccepted(() => server.handle({ method: 'POST', path: collectionPath(PODS, namespace), body }));
}

export function deletePod(server: SimulatedApiServer, pod: Pod): void {
  isAccepted(() => server.handle({ method: 'DELETE', path: pathOf(pod) }));
}

/** So that the pod may go, or is not waited for. */
export function stopTracking(server: SimulatedApiServer, pod: Pod): void {
  isAccepted(() => {
    const current = server.handle({ method: 'GET', path: pathOf(pod) }) as Pod;
    if (!isTracked(current)) return;
    const finalizers = current.metadata.finalizers?.filter((one) => one !== TRACKING_FINALIZER);
    server.handle({ method: 'PATCH', path: pathOf(pod), body: { metadata: { finalizers } } });
  });
}

/** A pod, or its namespace, may be gone, and a pod may be forbidden: the controller goes on with the others. */
function isAccepted(request: () => unknown): boolean {
  try {
    request();
    return true;
  } catch (error) {
    if (hasCode(error, 403) || hasCode(error, 404)) return false;
    throw error;
  }
}
