import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  exampleExecution,
  exampleJob,
  HELD,
  MADE,
} from '../../../test/fakes/execution-examples.ts';
import { Store } from '../../kubernetes/store.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { Demands, queueStateDue } from './demand.ts';
import type { Job } from './job.ts';
import { standingOfJob } from './standing.ts';

const KEY = 'kpi/finance';
const NOW = Date.parse(MADE);
const RULES = { limit: 4, queueTimeout: 3_600_000, allows: () => true };

/** Jobs and QlikExecutions as the caches have them, and which servers are told of changes. */
function caches() {
  const [jobs, executions] = [new Store<Job>(), new Store<QlikExecution>()];
  const priorityOf = (className: string | undefined) => (className === 'urgent' ? 10 : 0);
  const demands = new Demands({ jobs, executions, priorityOf });
  const told: string[] = [];
  const queue = () => demands.of(KEY, RULES, NOW).queue.map(({ claim }) => claim.name);
  return { jobs, executions, demands, told, queue, attach: () => demands.attach((key) => told.push(key)) };
}

describe('the demand of a server', () => {
  test('is made of Jobs and QlikExecutions, those before and those after', () => {
    const { jobs, executions, demands, attach, queue } = caches();
    jobs.set(exampleJob('b'));
    executions.set(exampleExecution('a'));
    attach();
    jobs.set(exampleJob('runs', { ...ADMITTED, spec: { suspend: false, parallelism: 2 } }));
    executions.set(exampleExecution('held', HELD));
    jobs.set(exampleJob('of-another', { metadata: { labels: { 'kpimailer.io/qlik-server': 'other' } } }));
    expect(queue()).toEqual(['a', 'b']);
    const { running, holders } = demands.of(KEY, RULES, NOW);
    expect(running).toMatchObject([
      { name: 'runs', weight: 2 },
      { name: 'held', weight: 1 },
    ]);
    expect(holders.size).toBe(4);
  });

  test('has the order of their PriorityClass', () => {
    const { jobs, executions, attach, queue } = caches();
    attach();
    const template = (spec: object) => ({ spec: { template: { spec } } });
    jobs.set(exampleJob('a'));
    jobs.set(exampleJob('b', template({ priorityClassName: 'urgent' })));
    jobs.set(exampleJob('c', template({ priority: 20, priorityClassName: 'urgent' })));
    executions.set(exampleExecution('d', { spec: { priorityClassName: 'urgent' } }));
    expect(queue()).toEqual(['c', 'b', 'd', 'a']);
  });

  test('knows from which namespaces it comes', () => {
    const { jobs, executions, demands, attach } = caches();
    attach();
    const elsewhere = { namespace: 'sales', labels: { 'kpimailer.io/qlik-server-namespace': 'kpi' } };
    jobs.set(exampleJob('a', { metadata: elsewhere }));
    executions.set(exampleExecution('b'));
    expect(demands.namespacesOf(KEY)).toEqual(new Set(['sales', 'kpi']));
  });

  test('is told of, also to the server that somebody does not name any more', () => {
    const { jobs, demands, told, attach } = caches();
    attach();
    jobs.set(exampleJob('a'));
    const labels = { 'kpimailer.io/qlik-server': 'other' };
    jobs.set(exampleJob('a', { metadata: { resourceVersion: '2', labels } }));
    jobs.delete('kpi/a');
    expect(told).toEqual([KEY, KEY, 'kpi/other', 'kpi/other']);
    demands.detach();
    jobs.set(exampleJob('a'));
    expect(told).toHaveLength(4);
  });
});

test.each<[string, string | undefined, object]>([
  ['nothing yet', 'Queued', {}],
  ['the same already', undefined, { annotations: { 'kpimailer.io/queue-state': 'Queued' } }],
  [
    'it was requeued',
    'Queued',
    { annotations: { 'kpimailer.io/queue-state': 'Queued', 'kpimailer.io/requeue': '' } },
  ],
  [
    'what is no longer so',
    'Queued',
    { annotations: { 'kpimailer.io/queue-state': 'Refused:ServerNotFound' } },
  ],
  ['it is for others to manage', undefined, { labels: { 'kueue.x-k8s.io/queue-name': 'team' } }],
])('where a Job says %s, people should read: %s', (_what, expected, metadata) => {
  const object = exampleJob('a', { metadata });
  expect(queueStateDue({ kind: 'Job', object, standing: standingOfJob(object, RULES, NOW) })).toBe(expected);
});

test('a Job that runs is not written to', () => {
  const object = exampleJob('a', { spec: { suspend: false } });
  expect(queueStateDue({ kind: 'Job', object, standing: { kind: 'running' } })).toBeUndefined();
});
