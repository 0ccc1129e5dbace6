import { describe, expect, test } from 'vitest';
import { exampleExecution, exampleJob, SUSPENDED_AGAIN } from '../../../test/fakes/execution-examples.ts';
import { ExampleGate } from '../../../test/fakes/example-gate.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';

/** A gate with one slot, which `first` has. */
async function full(): Promise<ExampleGate> {
  const gate = new ExampleGate({ spec: { maxParallelExecutions: 1 } });
  gate.add(exampleJob('first', { metadata: { creationTimestamp: '2026-05-04T11:00:00Z' } }));
  await gate.settle();
  return gate;
}

const patches = ({ api }: ExampleGate) => api.requests.filter(({ method }) => method === 'PATCH').length;

describe('a Job says where it stands', () => {
  test.each<[string, Json, string]>([
    ['while it waits', {}, 'Queued'],
    ['when it is wider than the limit', { spec: { parallelism: 2 } }, 'Refused:WiderThanLimit'],
    [
      'when its slots are nonsense',
      { metadata: { labels: { 'kpimailer.io/slots': '0' } } },
      'Refused:InvalidSlots',
    ],
    [
      'when it has waited for too long',
      { metadata: { creationTimestamp: '2026-05-01T12:00:00Z' } },
      'Expired',
    ],
  ])('%s, and once only', async (_what, change, expected) => {
    const gate = await full();
    gate.add(exampleJob('a', change));
    await gate.settle();
    expect(gate.job('a').metadata.annotations?.['kpimailer.io/queue-state']).toBe(expected);
    const written = patches(gate);
    await gate.settle();
    expect(patches(gate)).toBe(written);
  });

  test('anew when it is put back into the queue', async () => {
    const gate = await full();
    gate.add(exampleJob('a', { metadata: { annotations: { 'kpimailer.io/queue-state': 'Expired' } } }));
    await gate.settle();
    gate.pass(5_000);
    gate.api.edit(JOB, { metadata: { annotations: { 'kpimailer.io/requeue': 'please' } } });
    await gate.settle();
    expect(gate.job('a').metadata.annotations).toEqual({
      'kpimailer.io/queue-state': 'Queued',
      'kpimailer.io/queued-since': '2026-05-04T12:00:05Z',
    });
  });
});

test('a Job that its manifest suspends is held suspended by the gate as well, once that is refused', async () => {
  const gate = await full();
  const managedFields = [
    { manager: 'gitops', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:suspend': {} } } },
  ];
  const again = SUSPENDED_AGAIN['metadata'] as Json;
  gate.add(exampleJob('a', { metadata: { ...again, managedFields } }));
  await gate.settle();
  expect(gate.api.requests.find(({ path }) => path === JOB)).toMatchObject({
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager: 'qlik-operator', force: 'true' },
    body: {
      metadata: { annotations: { 'kpimailer.io/queue-state': 'Refused:SuspendOwnedByGitOps' } },
      spec: { suspend: true },
    },
  });
});

test.each<[string, Json, string]>([
  ['waits', {}, 'Queued'],
  ['is wider than the limit', { spec: { slots: 2 } }, 'WiderThanLimit'],
  ['has waited for too long', { metadata: { creationTimestamp: '2026-05-01T12:00:00Z' } }, 'Expired'],
])('a QlikExecution that %s says so', async (_what, change, reason) => {
  const gate = await full();
  gate.addExecutions(exampleExecution('s', change));
  await gate.settle();
  const { status } = gate.execution('s');
  expect(status?.conditions).toMatchObject([{ type: 'Admitted', status: 'False', reason }]);
  const written = patches(gate);
  await gate.settle();
  expect(patches(gate)).toBe(written);
});

test('a crowd is told in turns, so that admissions need not wait for it', async () => {
  const gate = await full();
  gate.add(...Array.from({ length: 40 }, (_none, at) => exampleJob(`job-${at}`)));
  const before = patches(gate);
  const result = await gate.reconcile();
  expect(patches(gate) - before).toBe(32);
  expect(result).toEqual({ kind: 'again', at: gate.wallClock });
  await gate.settle();
  expect(patches(gate) - before).toBe(40);
});

test('one that is changed while it is told is told later', async () => {
  const gate = await full();
  gate.add(exampleJob('a'));
  gate.api.edit(JOB, { metadata: { labels: { team: 'x' } } });
  await gate.reconcile();
  expect(gate.job('a').metadata.annotations).toBeUndefined();
  await gate.settle();
  expect(gate.job('a').metadata.annotations?.['kpimailer.io/queue-state']).toBe('Queued');
});
