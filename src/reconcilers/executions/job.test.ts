import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  exampleJob,
  REQUEUED,
  SUSPENDED_AGAIN,
} from '../../../test/fakes/execution-examples.ts';
import { merged, type Json } from '../../../test/fakes/merge-patch.ts';
import * as job from './job.ts';
import { standingOfJob } from './standing.ts';

const labelled = (labels: Json) => exampleJob('a', { metadata: { labels } });
const conditioned = (type: string, status = 'True') =>
  exampleJob('a', { ...ADMITTED, status: { conditions: [{ type, status }] } });

test.each<[string, Json, string | undefined]>([
  ['in its own namespace', {}, 'kpi/finance'],
  [
    'in another one that it names',
    { metadata: { labels: { 'kpimailer.io/qlik-server-namespace': 'qlik' } } },
    'qlik/finance',
  ],
  [
    'by the labels of its pods, once its own are gone',
    {
      metadata: { labels: null },
      spec: {
        template: {
          metadata: {
            labels: { 'kpimailer.io/qlik-server': 'sales', 'kpimailer.io/qlik-server-namespace': 'qlik' },
          },
        },
      },
    },
    'qlik/sales',
  ],
  ['none, for an empty label', { metadata: { labels: { 'kpimailer.io/qlik-server': '' } } }, undefined],
])('the server of a Job is found %s', (_where, change, expected) => {
  expect(job.serverOfJob(exampleJob('a', change))).toBe(expected);
});

describe('a Job takes', () => {
  test.each<[string, Json, number]>([
    ['one slot', { spec: { parallelism: null } }, 1],
    ['one for each pod at once', { spec: { parallelism: 3 } }, 3],
    ['as many as its label says', { metadata: { labels: { 'kpimailer.io/slots': '4' } } }, 4],
    ['what is more', { metadata: { labels: { 'kpimailer.io/slots': '2' } }, spec: { parallelism: 3 } }, 3],
    ['one, where no pod may run', { spec: { parallelism: 0 } }, 1],
  ])('%s', (_what, change, expected) => {
    expect(job.weightOfJob(exampleJob('a', change))).toBe(expected);
  });

  test.each(['0', '65', '1.5', '-1', '1e1', 'two', ''])('no number of slots called "%s"', (slots) => {
    expect(job.hasNonsensicalSlots(labelled({ 'kpimailer.io/slots': slots }))).toBe(true);
  });

  test.each(['1', '64', '007'])('as many slots as "%s"', (slots) => {
    expect(job.hasNonsensicalSlots(labelled({ 'kpimailer.io/slots': slots }))).toBe(false);
    expect(job.weightOfJob(labelled({ 'kpimailer.io/slots': slots }))).toBe(Number(slots));
  });
});

describe('a Job has ended', () => {
  test.each(['Complete', 'Failed'])('when it is %s', (type) => {
    expect(job.isFinished(conditioned(type))).toBe(true);
  });

  test.each([
    ['when it is about to fail', 'FailureTarget', 'True'],
    ['when it is about to succeed', 'SuccessCriteriaMet', 'True'],
    ['when it is not Complete', 'Complete', 'False'],
  ])('not %s', (_what, type, status) => {
    expect(job.isFinished(conditioned(type, status))).toBe(false);
  });
});

test.each<[string, boolean, Json]>([
  ['was created suspended and never changed', true, {}],
  ['was admitted', false, ADMITTED],
  ['was suspended again', false, SUSPENDED_AGAIN],
])('a Job that %s never ran: %s', (_what, expected, change) => {
  expect(job.neverRan(exampleJob('a', change))).toBe(expected);
});

test.each<[string, string, Json, boolean]>([
  ['argo', 'Apply', { 'f:suspend': {} }, true],
  ['argo', 'Update', { 'f:suspend': {} }, false],
  ['argo', 'Apply', { 'f:parallelism': {} }, false],
  ['qlik-operator', 'Apply', { 'f:suspend': {} }, false],
])(
  'what %s writes by %s, %j, is a manifest that states suspend: %s',
  (manager, operation, fields, expected) => {
    const managedFields = [{ manager, operation, fieldsV1: { 'f:spec': fields } }];
    const owned = exampleJob('a', { metadata: { managedFields } });
    expect(job.isSuspendApplied(owned)).toBe(expected);
    expect(job.isSuspendApplied(job.slimJob(owned))).toBe(expected);
  },
);

test.each<[string, boolean, Json]>([
  ['nobody', false, {}],
  ['the Job controller', false, { spec: { managedBy: 'kubernetes.io/job-controller' } }],
  ['another controller', true, { spec: { managedBy: 'example.com/queue' } }],
  ['Kueue', true, { metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'team' } } }],
])('a Job that %s looks after is for others to manage: %s', (_who, expected, change) => {
  expect(job.isOthersToManage(exampleJob('a', change))).toBe(expected);
});

test('a Job is decided upon in the same way once it is slim', () => {
  const changes: readonly Json[] = [
    ADMITTED,
    SUSPENDED_AGAIN,
    REQUEUED,
    COMPLETE,
    { metadata: { deletionTimestamp: '2026-05-04T12:00:00Z' } },
    { metadata: { annotations: { 'kpimailer.io/requeue': 'now', 'example.com/other': 'x' } } },
    { metadata: { annotations: { 'kpimailer.io/queued-since': '2026-05-04T13:00:00Z' } } },
    { metadata: { labels: { 'kpimailer.io/slots': '5', app: 'report' } } },
    { metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'team' } } },
    { metadata: { labels: null } },
    { spec: { parallelism: 3, managedBy: 'example.com/queue' } },
    { spec: { template: { metadata: { labels: { 'kpimailer.io/qlik-server': 'sales' } } } } },
    { metadata: { managedFields: [{ operation: 'Apply', fieldsV1: { 'f:spec': { 'f:suspend': {} } } }] } },
  ];
  const rules = { limit: 4, queueTimeout: 60_000, allows: () => true };
  const decided = (each: job.Job) => [
    standingOfJob(each, rules, Date.parse('2026-05-04T13:00:30Z')),
    job.serverOfJob(each),
    job.weightOfJob(each),
    job.neverRan(each),
  ];
  fc.assert(
    fc.property(fc.subarray([...changes]), (chosen) => {
      const full = chosen.reduce<job.Job>((each, change) => merged(each, change) as job.Job, exampleJob('a'));
      expect(decided(job.slimJob(full))).toEqual(decided(full));
    }),
  );
});
