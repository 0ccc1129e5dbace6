import { describe, expect, test } from 'vitest';
import { exampleJob, PODS, podOf } from '../../../test/fakes/execution-examples.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import { Pods } from './pods.ts';

const job = exampleJob('a');
const POD = '/api/v1/namespaces/kpi/pods/a-pod';

function podsAt(...changes: readonly Json[]) {
  const api = new ObjectApi();
  for (const change of changes) api.add(PODS, podOf(job, change));
  return { api, pods: new Pods(api.client, [undefined]) };
}

test.each<[string, boolean, Json]>([
  ['runs', false, {}],
  ['has no node yet', false, { status: { phase: 'Pending' } }],
  ['is not heard of', false, { status: { phase: 'Unknown' } }],
  ['is being deleted', false, { metadata: { deletionTimestamp: '2026-05-04T12:00:00Z' } }],
  ['has succeeded', true, { status: { phase: 'Succeeded' } }],
  ['has failed', true, { status: { phase: 'Failed' } }],
])('a pod that %s works no more: %s', async (_what, expected, change) => {
  const { pods } = podsAt(change);
  const { name, namespace, uid } = podOf(job).metadata;
  expect(await pods.areGone(job.metadata)).toBe(expected);
  expect(await pods.hasEnded({ namespace, name, uid })).toBe(expected);
  expect(await pods.ofServer('finance')).toHaveLength(expected ? 0 : 1);
});

describe('the pods of a Job', () => {
  test('are known by its uid, and not those of one that is made anew', async () => {
    const { pods } = podsAt({});
    expect(await pods.areGone({ ...job.metadata, uid: 'of-the-next' })).toBe(true);
  });

  test('are asked for as they are now', async () => {
    const { api, pods } = podsAt();
    api.fallBehind();
    api.add(PODS, podOf(job));
    expect(await pods.areGone(job.metadata)).toBe(false);
    expect(await pods.ofServer('finance')).toHaveLength(1);
  });
});

test('a pod has ended when it is not there, or another one is', async () => {
  const { api, pods } = podsAt({});
  const { metadata } = podOf(job);
  expect(await pods.hasEnded({ ...metadata, uid: 'of-the-one-before' })).toBe(true);
  api.remove(POD);
  expect(await pods.hasEnded(metadata)).toBe(true);
});

test('the pods of a server are those with its label, in all namespaces that are watched', async () => {
  const { api } = podsAt(
    {},
    { metadata: { name: 'elsewhere', namespace: 'sales' } },
    { metadata: { name: 'of-another', labels: { 'kpimailer.io/qlik-server': 'other' } } },
  );
  const namesIn = async (namespaces: readonly (string | undefined)[]) =>
    (await new Pods(api.client, namespaces).ofServer('finance')).map(({ metadata }) => metadata.name);
  expect(await namesIn([undefined])).toEqual(['a-pod', 'elsewhere']);
  expect(await namesIn(['kpi'])).toEqual(['a-pod']);
});
