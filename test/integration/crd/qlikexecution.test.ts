import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { qlikExecutionSpec } from '../../../src/api/qlikexecution.ts';
import { freshNamespace } from '../namespace.ts';
import { KindApi, refusals } from './api.ts';
import { badName, invalid, type Row, testRows } from './rows.ts';
import { changedBy, EXECUTION } from './specs.ts';

const POD = { kind: 'Pod', name: 'worker-0', uid: '6f0a4a0e-0000-4000-8000-000000000001' };
const ofPod = (holderRef: unknown = POD) => ({ leaseDurationSeconds: undefined, holderRef });
const outOfBounds = (field: string, value: number, bound: string) =>
  `spec.${field}: Invalid value: ${value}: spec.${field} in body should be ${bound}`;
const badHolder = invalid('', 'exactly one of holderRef and leaseDurationSeconds must be set');

const holders: readonly Row[] = [
  ['a Lease can hold a slot', {}],
  ['a pod can hold a slot', ofPod()],
  ['nobody cannot', { leaseDurationSeconds: undefined }, badHolder],
  ['nor can both', { holderRef: POD }, badHolder],
  [
    'nothing but a pod can',
    ofPod({ ...POD, kind: 'Job' }),
    'spec.holderRef.kind: Unsupported value: "Job": supported values: "Pod"',
  ],
  [
    'a pod is named as Kubernetes names',
    ofPod({ ...POD, name: 'Worker' }),
    badName('holderRef.name', 'holderRef.name'),
  ],
  ['a pod is this very one', ofPod({ ...POD, uid: undefined }), 'spec.holderRef.uid: Required value'],
  [
    'the empty uid is none',
    ofPod({ ...POD, uid: '' }),
    'spec.holderRef.uid: Invalid value: "": spec.holderRef.uid in body should be at least 1 chars long',
  ],
  ['a Lease may last 10 seconds', { leaseDurationSeconds: 10 }],
  [
    'it may not last 9',
    { leaseDurationSeconds: 9 },
    outOfBounds('leaseDurationSeconds', 9, 'greater than or equal to 10'),
  ],
  ['it may last an hour', { leaseDurationSeconds: 3600 }],
  [
    'it may not last longer',
    { leaseDurationSeconds: 3601 },
    outOfBounds('leaseDurationSeconds', 3601, 'less than or equal to 3600'),
  ],
];

const wishes: readonly Row[] = [
  ['a server of another namespace can be named', { 'serverRef.namespace': 'qlik' }],
  ['a server is needed', { serverRef: undefined }, 'spec.serverRef: Required value'],
  ['with its name', { serverRef: { namespace: 'qlik' } }, 'spec.serverRef.name: Required value'],
  ['as Kubernetes names', { 'serverRef.name': 'qlik/finance' }, badName('serverRef.name', 'serverRef.name')],
  [
    'so is its namespace',
    { 'serverRef.namespace': '' },
    badName('serverRef.namespace', 'serverRef.namespace'),
  ],
  ['64 slots can be taken', { slots: 64 }],
  ['65 slots are too many', { slots: 65 }, outOfBounds('slots', 65, 'less than or equal to 64')],
  ['no slot is none', { slots: 0 }, outOfBounds('slots', 0, 'greater than or equal to 1')],
  ['a PriorityClass can be named', { priorityClassName: 'nightly' }],
  [
    'as Kubernetes names',
    { priorityClassName: 'Nightly' },
    badName('priorityClassName', 'priorityClassName'),
  ],
];

let api: KindApi;

beforeAll(async () => {
  api = new KindApi('QlikExecution', (await freshNamespace()).name);
});

afterAll(() => api[Symbol.asyncDispose]());

describe.each([
  ['who holds', holders],
  ['what is wanted', wishes],
] as const)('%s', (_, rows) => {
  testRows(rows, { api: () => api, least: EXECUTION, schema: qlikExecutionSpec });
});

test('one slot is taken by default', async () => {
  expect((await api.dryRun(EXECUTION)).body.spec).toEqual({ ...EXECUTION, slots: 1 });
});

test('a spec can be changed until the slot has expired, and no more', async () => {
  const { body } = await api.create(EXECUTION, 'expiring');
  const widened = await api.replace('expiring', { ...body, spec: changedBy(EXECUTION, { slots: 2 }) });
  expect(refusals(widened)).toEqual([]);
  const status = { expiredTime: '2026-05-04T12:00:00Z' };
  const expired = await api.replace('expiring', { ...widened.body, status }, '/status');
  expect(refusals(expired)).toEqual([]);
  const { body: now } = expired;
  const renewed = await api.replace('expiring', { ...now, spec: changedBy(EXECUTION, { slots: 3 }) });
  expect(refusals(renewed)).toEqual([
    '<nil>: Invalid value: the slot has expired, so spec cannot be changed any more; create another QlikExecution',
  ]);
  const labelled = { ...now, metadata: { ...now.metadata, labels: { reason: 'kept' } } };
  expect(refusals(await api.replace('expiring', labelled))).toEqual([]);
});
