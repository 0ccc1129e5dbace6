import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  entryOf,
  EXPIRED,
  exampleExecution,
  exampleJob,
  exampleLedger,
  HELD,
  SUSPENDED_AGAIN,
} from '../../../test/fakes/execution-examples.ts';
import { ExampleGate } from '../../../test/fakes/example-gate.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';
import { JOBS } from './job.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';
const SERVER = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikservers/finance';

const runs = (name: string, change: Json = {}) => exampleJob(name, { ...ADMITTED, ...change });

/** A gate with these Jobs, all of which have entries. */
function gateWith(jobs: readonly ReturnType<typeof exampleJob>[], spec: Json = {}): ExampleGate {
  const entries = jobs.map((job) => entryOf(job));
  const gate = new ExampleGate({ spec, ledger: exampleLedger(entries) });
  gate.add(...jobs);
  return gate;
}

describe('slots are given back', () => {
  test('by a Job that is Complete, at once', async () => {
    const gate = gateWith([runs('a', COMPLETE), runs('b')]);
    await gate.settle();
    expect(gate.holders).toEqual(['b']);
  });

  test('and given to the next by the same write', async () => {
    const gate = gateWith([runs('a', COMPLETE)], { maxParallelExecutions: 1 });
    gate.add(exampleJob('next'));
    await gate.reconcile();
    expect(gate.api.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect([gate.holders, gate.started]).toEqual([['next'], ['a', 'next']]);
  });

  test('by a Job that is gone, ten seconds later', async () => {
    const gate = gateWith([runs('a')]);
    gate.api.remove(JOB);
    await gate.settle();
    gate.pass(9_999);
    await gate.settle();
    expect(gate.holders).toEqual(['a']);
    gate.pass(1_001);
    await gate.settle();
    expect(gate.holders).toEqual([]);
  });

  test('by a clock that nobody sets', async () => {
    const gate = gateWith([runs('a')]);
    gate.api.remove(JOB);
    await gate.settle();
    gate.wallClock += 3_600_000;
    await gate.settle();
    expect(gate.holders).toEqual(['a']);
  });

  test('not by a Job that the cache does not have', async () => {
    const gate = gateWith([runs('a')]);
    gate.jobs.delete('kpi/a');
    for (let times = 0; times < 3; times += 1) {
      await gate.reconcile();
      gate.pass(10_000);
    }
    expect(gate.holders).toEqual(['a']);
  });

  test('by one that has reserved them and waits behind others now', async () => {
    const gate = gateWith([exampleJob('b')], { maxParallelExecutions: 1 });
    gate.add(exampleJob('a', { metadata: { creationTimestamp: '2026-05-04T11:59:59Z' } }));
    await gate.settle();
    // It was touched for that, which the watch tells.
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['a'], ['a']]);
  });

  test('by one that was held or refused after it had reserved them', async () => {
    const gate = gateWith([exampleJob('a', { metadata: { labels: { 'kpimailer.io/slots': 'x' } } })]);
    await gate.settle();
    expect(gate.holders).toEqual([]);
  });

  test('by one that is suspended again, ten seconds later', async () => {
    const gate = gateWith([exampleJob('a', SUSPENDED_AGAIN)], { maxParallelExecutions: 1 });
    gate.add(exampleJob('b'));
    await gate.settle();
    expect(gate.started).toEqual([]);
    gate.pass(11_000);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['b'], ['b']]);
  });

  test('at the latest when a minute is over, should nobody have heard', async () => {
    const gate = gateWith([runs('a')]);
    const result = await gate.reconcile();
    expect(result).toEqual({ kind: 'again', at: gate.wallClock + 60_000 });
  });
});

describe('a slot that was used cools down', () => {
  test('from the end of its use on', async () => {
    const gate = gateWith([runs('a')], { executions: { slotCooldown: '1m' } });
    gate.pass(600_000);
    gate.api.edit(`${JOB}/status`, COMPLETE);
    await gate.settle();
    expect(gate.ledger?.entries).toMatchObject([{ name: 'a', endedAt: '2026-05-04T12:10:00.000Z' }]);
    gate.pass(59_999);
    await gate.settle();
    expect(gate.holders).toEqual(['a']);
    gate.pass(1);
    await gate.settle();
    expect(gate.holders).toEqual([]);
  });

  test('but not one that was never used', async () => {
    const gate = gateWith([exampleJob('b')], {
      maxParallelExecutions: 1,
      executions: { slotCooldown: '1m' },
    });
    gate.add(exampleJob('a'));
    await gate.settle();
    await gate.settle();
    expect(gate.started).toEqual(['a']);
  });
});

describe('who runs without an entry', () => {
  test('gets one, fitting or not, and nobody is admitted', async () => {
    const gate = gateWith([runs('a')], { maxParallelExecutions: 1 });
    gate.add(exampleJob('bypass', { spec: { suspend: false, parallelism: 2 } }), exampleJob('waits'));
    await gate.settle();
    expect(gate.ledger?.entries).toMatchObject([{ name: 'a' }, { name: 'bypass', weight: 2 }]);
    expect(gate.started).toEqual(['a', 'bypass']);
    expect(await gate.metrics.render()).toMatch(/^qlik_gate_bypass_total 1$/mu);
  });

  test('gets one of its weight, should that have been raised while it ran', async () => {
    const gate = gateWith([runs('a', { spec: { suspend: false, parallelism: 3 } })]);
    await gate.settle();
    expect(gate.ledger?.entries).toMatchObject([{ name: 'a', weight: 3 }]);
  });

  test('gets one though another queue manager has let it run, which is never written to', async () => {
    const gate = gateWith([], { maxParallelExecutions: 2 });
    const labels = { 'kueue.x-k8s.io/queue-name': 'team' };
    gate.add(exampleJob('runs', { metadata: { labels }, spec: { suspend: false } }));
    gate.add(exampleJob('waits', { metadata: { labels } }));
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['runs'], ['runs']]);
    expect(gate.api.log.filter((request) => /^PATCH .*\/jobs\//u.test(request))).toEqual([]);
  });
});

describe('nobody is admitted', () => {
  test.each<[string, Json, Json]>([
    ['while the server is suspended', { suspend: true }, {}],
    ['while it is not connected', {}, { status: { conditions: [{ type: 'Connected', status: 'False' }] } }],
    ['before it is known whether it is connected', {}, { status: { conditions: [] } }],
    ['while the server is being deleted', {}, { metadata: { deletionTimestamp: '2026-05-04T12:00:00Z' } }],
  ])('%s; what has ended is given back all the same', async (_what, spec, change) => {
    const gate = gateWith([runs('ended', COMPLETE), runs('runs')], spec);
    gate.api.edit(SERVER, change);
    gate.api.edit(`${SERVER}/status`, change);
    gate.add(exampleJob('waits'));
    await gate.settle();
    expect(gate.holders).toEqual(['runs']);
    expect(gate.job('waits').spec.suspend).toBe(true);
  });

  test('unless the server says Run', async () => {
    const gate = gateWith([], { executions: { whenDisconnected: 'Run' } });
    gate.api.edit(`${SERVER}/status`, { status: { conditions: [{ type: 'Connected', status: 'False' }] } });
    gate.add(exampleJob('a'));
    await gate.settle();
    expect(gate.started).toEqual(['a']);
  });
});

describe('a slot lease', () => {
  /** A slot of one minute, held since the gate has first seen it. */
  function heldSlot(): ExampleGate {
    const slot = exampleExecution('s', { ...HELD, spec: { leaseDurationSeconds: 60 } });
    const gate = new ExampleGate({
      spec: { maxParallelExecutions: 1 },
      ledger: exampleLedger([entryOf(slot, { kind: 'QlikExecution' })]),
    });
    gate.addExecutions(slot);
    gate.add(exampleJob('next'));
    return gate;
  }

  test('that is not renewed expires, and is free one leaseDuration later', async () => {
    const gate = heldSlot();
    await gate.settle();
    gate.pass(59_999);
    await gate.settle();
    expect(gate.execution('s').status?.expiredTime).toBeUndefined();
    gate.pass(1_001);
    await gate.settle();
    expect(gate.execution('s').status?.expiredTime).toBe('2026-05-04T12:01:01Z');
    gate.pass(59_999);
    await gate.settle();
    expect(gate.started).toEqual([]);
    gate.pass(1_001);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['next'], ['next']]);
  });

  test('that was renewed in time is held on', async () => {
    const gate = heldSlot();
    await gate.settle();
    const lease = { metadata: { name: 's', namespace: 'kpi' }, spec: { renewTime: '2026-05-04T12:00:59Z' } };
    gate.api.add({ root: '/apis/coordination.k8s.io/v1', plural: 'leases' }, lease);
    gate.pass(61_000);
    await gate.settle();
    expect([gate.execution('s').status?.expiredTime, gate.holders]).toEqual([undefined, ['s']]);
  });

  test('that has expired is not revived by a renewal', async () => {
    const gate = heldSlot();
    gate.api.edit('/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikexecutions/s/status', EXPIRED);
    await gate.settle();
    const lease = { metadata: { name: 's', namespace: 'kpi' }, spec: { renewTime: '2026-05-04T12:00:01Z' } };
    gate.api.add({ root: '/apis/coordination.k8s.io/v1', plural: 'leases' }, lease);
    gate.pass(60_000);
    await gate.settle();
    expect(gate.started).toEqual(['next']);
  });

  test('that is deleted is free at once', async () => {
    const gate = heldSlot();
    gate.api.remove('/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikexecutions/s');
    await gate.settle();
    expect(gate.started).toEqual(['next']);
  });
});

describe('once the server is gone', () => {
  test('nobody is admitted, and the ledger goes with the last who runs', async () => {
    const gate = gateWith([runs('a')]);
    gate.add(exampleJob('waits'));
    gate.api.remove(SERVER);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['a'], ['a']]);
    gate.api.edit(`${JOB}/status`, COMPLETE);
    await gate.settle();
    expect([gate.ledger, gate.started]).toEqual([undefined, ['a']]);
    expect(gate.job('waits').metadata.annotations).toMatchObject({
      'kpimailer.io/queue-state': 'Refused:ServerNotFound',
    });
  });

  test('and made anew, who runs still has the slots', async () => {
    const gate = gateWith([runs('a')], { maxParallelExecutions: 1 });
    const server = gate.servers.get('kpi/finance')!;
    gate.api.remove(SERVER);
    await gate.settle();
    const metadata = { ...server.metadata, uid: 'of-the-next', resourceVersion: '' };
    gate.api.add({ root: '/apis/kpimailer.io/v1alpha1', plural: 'qlikservers' }, { ...server, metadata });
    gate.api.add(JOBS, exampleJob('waits'));
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['a'], ['a']]);
    expect(gate.ledger?.server?.uid).toBe('of-the-next');
  });
});
