import { describe, expect, test } from 'vitest';
import { exampleExecution, exampleJob, HELD } from '../../../test/fakes/execution-examples.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { NOON } from '../../../test/integration/server/examples.ts';
import { JOBS, type Job } from './job.ts';
import { QLIK_EXECUTIONS, Writes } from './writes.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';
const EXECUTION = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikexecutions/s';

/** A Job `a` of two slots and a slot `s`, as they were read. */
function read() {
  const api = new ObjectApi();
  const writes = new Writes(api.client);
  api.add(JOBS, exampleJob('a', { spec: { parallelism: 2 } }));
  api.add(QLIK_EXECUTIONS, exampleExecution('s'));
  const job = structuredClone(api.get(JOB)) as Job;
  const execution = structuredClone(api.get(EXECUTION)) as QlikExecution;
  return { api, writes, job, execution };
}

type Read = ReturnType<typeof read>;

describe('every write rests on what was read:', () => {
  test.each<[string, string, (read: Read) => Promise<unknown>]>([
    ['to admit a Job', JOB, ({ writes, job }) => writes.admitJob(job, 'kpi/finance')],
    ['to say where a Job stands', JOB, ({ writes, job }) => writes.setQueueState(job, 'Queued', NOON)],
    [
      'to refuse its manifest',
      JOB,
      ({ writes, job }) => writes.refuseManifest(job, 'Refused:SuspendOwnedByGitOps'),
    ],
    ['to touch a Job', JOB, ({ writes, job }) => writes.touchJob(job)],
    ['to admit a slot', EXECUTION, ({ writes, execution }) => writes.admitExecution(execution, NOON)],
    ['to expire a slot', EXECUTION, ({ writes, execution }) => writes.expireExecution(execution, NOON)],
    ['to end a slot', EXECUTION, ({ writes, execution }) => writes.endExecution(execution, NOON)],
    ['to touch a slot', EXECUTION, ({ writes, execution }) => writes.touchExecution(execution)],
  ])('%s', async (_what, path, write) => {
    const there = read();
    there.api.edit(path, { metadata: { labels: { changed: 'meanwhile' } } });
    const before = there.api.get(path);
    await expect(write(there)).rejects.toMatchObject({ code: 409 });
    expect(there.api.get(path)).toEqual(before);
    const fresh = read();
    await write(fresh);
    expect(fresh.api.get(path)).not.toEqual(before);
  });
});

test('a Job that is admitted runs, says so, and has pods that carry server and weight', async () => {
  const { api, writes, job } = read();
  await writes.admitJob(job, 'qlik/finance');
  expect(api.get(JOB)).toMatchObject({
    metadata: { annotations: { 'kpimailer.io/queue-state': 'Admitted' } },
    spec: {
      suspend: false,
      template: {
        metadata: {
          labels: {
            'kpimailer.io/qlik-server': 'finance',
            'kpimailer.io/qlik-server-namespace': 'qlik',
            'kpimailer.io/slots': '2',
          },
        },
      },
    },
  });
});

test('a touch changes something, each time', async () => {
  const { api, writes, job, execution } = read();
  const versions = [job.metadata.resourceVersion];
  for (let times = 0; times < 3; times += 1) {
    const touched = await writes.touchJob(api.get(JOB) as Job);
    versions.push(touched.metadata.resourceVersion);
    expect(touched.metadata.generation).toBe(1);
  }
  expect(new Set(versions).size).toBe(4);
  const touched = await writes.touchExecution(execution);
  const again = await writes.touchExecution(touched);
  expect(again.metadata.resourceVersion).not.toBe(touched.metadata.resourceVersion);
});

test('a Job that was requeued waits from now on, and may be requeued again', async () => {
  const { api, writes } = read();
  const requeued = api.edit(JOB, { metadata: { annotations: { 'kpimailer.io/requeue': 'now' } } }) as Job;
  await writes.setQueueState(requeued, 'Queued', NOON);
  expect((api.get(JOB) as Job).metadata.annotations).toEqual({
    'kpimailer.io/queue-state': 'Queued',
    'kpimailer.io/queued-since': '2026-05-04T12:00:00Z',
  });
});

test('a slot that expires says since when, and that it is held no more', async () => {
  const { api, writes } = read();
  const held = api.edit(`${EXECUTION}/status`, HELD) as QlikExecution;
  await writes.expireExecution(held, NOON);
  expect((api.get(EXECUTION) as QlikExecution).status).toMatchObject({
    expiredTime: '2026-05-04T12:00:00Z',
    conditions: [{ type: 'Admitted', status: 'False', reason: 'Expired' }],
  });
});

test('when a condition changes is said, and kept while it stays', async () => {
  const { writes, execution } = read();
  const queued = await writes.refuseExecution(execution, { reason: 'Queued', message: 'waits' }, NOON);
  const wider = { reason: 'WiderThanLimit', message: 'is wider' };
  const refused = await writes.refuseExecution(queued, wider, NOON + 5_000);
  const admitted = await writes.admitExecution(refused, NOON + 9_000);
  const times = [queued, refused, admitted].map(({ status }) => status?.conditions?.[0]?.lastTransitionTime);
  expect(times).toEqual(['2026-05-04T12:00:00Z', '2026-05-04T12:00:00Z', '2026-05-04T12:00:09Z']);
});
