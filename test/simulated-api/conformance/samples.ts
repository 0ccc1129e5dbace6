import { MINIMAL } from '../../integration/crd/specs.ts';
import { JOBS } from '../jobs.ts';
import type { Fields } from '../object.ts';
import { PODS } from '../pods.ts';
import { customResource, type ApiResource } from '../resource.ts';
import { LEASES, QLIK_SERVERS, RESOURCES } from '../resources.ts';

/** A group of its own: these CustomResourceDefinitions have no schema, unlike those of the operator. */
export const GROUP = 'conformance.kpimailer.io';
const root = `/apis/${GROUP}/v1alpha1`;

export const EXECUTIONS = customResource({ root, plural: 'qlikexecutions', kind: 'QlikExecution' });
export const LEDGERS = customResource({
  root,
  plural: 'qlikexecutionledgers',
  kind: 'QlikExecutionLedger',
  hasStatus: false,
});

export const COMPARED_RESOURCES: readonly ApiResource[] = [...RESOURCES, EXECUTIONS, LEDGERS];

const CONTAINERS = [{ name: 'main', image: 'none' }];

/** Of a pod, in a template or not. */
export function podSpec(fields: Fields = {}): Fields {
  return { restartPolicy: 'Never', containers: CONTAINERS, ...fields };
}

export function job(name: string, spec: Fields = {}, metadata: Fields = {}): Fields {
  return {
    metadata: { name, ...metadata },
    spec: { suspend: true, template: { spec: podSpec() }, ...spec },
  };
}

export function pod(name: string, spec: Fields = {}, metadata: Fields = {}): Fields {
  return { metadata: { name, ...metadata }, spec: podSpec(spec) };
}

/** A kind, an object of it, and a change that its generation may count. */
export interface Sample {
  readonly resource: ApiResource;
  readonly body: Fields;
  readonly change: Fields;
}

export const SAMPLES: readonly Sample[] = [
  { resource: JOBS, body: job('one'), change: { spec: { parallelism: 2 } } },
  { resource: PODS, body: pod('one'), change: { metadata: { labels: { changed: 'yes' } } } },
  {
    resource: LEASES,
    body: { metadata: { name: 'one' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
    change: { spec: { holderIdentity: 'you' } },
  },
  {
    resource: QLIK_SERVERS,
    body: { metadata: { name: 'one' }, spec: MINIMAL },
    change: { spec: { suspend: true } },
  },
  {
    resource: EXECUTIONS,
    body: { metadata: { name: 'one' }, spec: { holderRef: { kind: 'Pod', name: 'a' } } },
    change: { spec: { holderRef: { name: 'b' } } },
  },
  {
    resource: LEDGERS,
    body: { metadata: { name: 'one' }, readyUid: '', entries: [] },
    change: { entries: [{ uid: 'a', weight: 1 }] },
  },
].map(({ resource, body, change }) => ({
  resource,
  body: { apiVersion: resource.root.replace(/^\/apis?\//u, ''), kind: resource.kind, ...body },
  change,
}));
