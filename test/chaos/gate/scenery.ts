import { startControllerManager } from '../../controlplane/controller-manager.ts';
import type { ControlPlane } from '../../controlplane/start.ts';
import { apply } from '../../installation/apply.ts';
import { startNode } from '../../installation/node.ts';
import { DENIED } from './objects.ts';

export const PRIORITY_CLASSES: Readonly<Record<string, number>> = { urgent: 1000, idle: -1000 };

/** Jobs, garbage, and the taint that a new node has until it is taken off. */
const CONTROLLERS = ['job', 'garbage-collector', 'node-lifecycle'];

/** What the gate has to do with beside the API server: those who make pods, bind them, play them, and clear them away. */
export async function raiseScenery(controlPlane: ControlPlane, binaries: string): Promise<void> {
  // By default it makes 20 requests a second, and lags behind for tens of seconds when there are more to make.
  const qps = ['--kube-api-qps=500', '--kube-api-burst=500'];
  await startControllerManager(controlPlane, binaries, CONTROLLERS, qps);
  await startNode(controlPlane, binaries);
  const classes = Object.entries(PRIORITY_CLASSES).map(([name, value]) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
  }));
  await apply(controlPlane.kubectl, ...classes, ...DENIAL);
}

/** Nobody may start a Job of that label, so that the gate learns what it is to be refused. */
const DENIAL = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'denied' },
    spec: {
      matchConstraints: {
        objectSelector: { matchLabels: { [DENIED]: 'true' } },
        resourceRules: [
          { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['jobs'] },
        ],
      },
      validations: [{ expression: 'object.spec.suspend == true', message: 'it is not to be started' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'denied' },
    spec: { policyName: 'denied', validationActions: ['Deny'] },
  },
];
