import { changedFields } from './metadata.ts';
import { setPodDefaults } from './pod-template.ts';
import { NotSimulated } from './failures.ts';
import type { ApiObject, Fields } from './object.ts';
import { PRIORITY_CLASSES } from './priority-classes.ts';
import { builtInResource, type Surroundings } from './resource.ts';

export interface Pod extends ApiObject {
  spec: Fields & { nodeName?: string; terminationGracePeriodSeconds: number };
  status: Fields & { phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown' };
}

/** Whether all its containers have ended for good. */
export function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

export const PODS = builtInResource({
  root: '/api/v1',
  plural: 'pods',
  kind: 'Pod',
  deleteReturnsObject: true,
  initialStatus: () => ({ phase: 'Pending', qosClass: 'BestEffort' }),
  setDefaults: (pod) => {
    setPodDefaults((pod.spec ??= {}));
  },
  gracePeriod: (object, requested) => gracePeriod(object as Pod, requested),
  violations,
  admissionRefusal,
});

/** Nobody has to be waited for where no kubelet runs the pod, or has said that it ended. */
function gracePeriod(pod: Pod, requested: number | undefined): number {
  if (pod.spec.nodeName === undefined || isTerminal(pod)) return 0;
  const seconds = requested ?? pod.spec.terminationGracePeriodSeconds;
  return seconds < 0 ? 1 : seconds;
}

function violations(pod: ApiObject, before: ApiObject | undefined): string[] {
  const { containers } = pod.spec ?? {};
  if (
    before !== undefined &&
    changedFields(pod, before, Object.keys({ ...pod.spec, ...before.spec })).length > 0
  )
    throw new NotSimulated('a change of the spec of a pod');
  return Array.isArray(containers) && containers.length > 0 ? [] : ['spec.containers: Required value'];
}

function admissionRefusal({ spec }: ApiObject, { exists }: Surroundings): string | undefined {
  const name = spec?.['priorityClassName'];
  if (typeof name !== 'string' || name.startsWith('system-') || exists(PRIORITY_CLASSES, name))
    return undefined;
  return `no PriorityClass with name ${name} was found`;
}
