import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  entryOf,
  exampleExecution,
  exampleJob,
  exampleLedger,
  PODS,
  podOf,
  REQUEUED,
} from '../../../test/fakes/execution-examples.ts';
import { ExampleGate, LEDGER_PATH } from '../../../test/fakes/example-gate.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import { JOBS } from './job.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';
const SERVER = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikservers/finance';
const NAMED = { server: { uid: '6f0a4a0e-0000-4000-8000-000000000001', generation: 1 } };

const wide = (name: string, slots: number) =>
  exampleJob(name, { metadata: { labels: { 'kpimailer.io/slots': String(slots) } } });

/** A gate of so many slots, some of which are taken. */
function gateOf(limit: number, ...entries: ReturnType<typeof entryOf>[]): ExampleGate {
  return new ExampleGate({
    spec: { maxParallelExecutions: limit },
    ledger: exampleLedger(entries, { ...NAMED, limit }),
  });
}

describe('a Job is admitted', () => {
  test('by a write of the ledger, and then one of the Job as it was read', async () => {
    const gate = gateOf(1);
    gate.add(exampleJob('a'));
    const { resourceVersion } = gate.job('a').metadata;
    await gate.reconcile();
    const [write, patch] = gate.api.requests.filter(({ method }) => method !== 'GET');
    expect(write).toMatchObject({ method: 'PUT', path: LEDGER_PATH });
    expect(patch).toMatchObject({ method: 'PATCH', path: JOB, body: { metadata: { resourceVersion } } });
    expect(gate.ledger?.entries).toMatchObject([{ uid: 'uid-of-a', weight: 1, attempt: 1 }]);
    expect(gate.job('a').spec.suspend).toBe(false);
  });

  test('by another write of the ledger, though its entry stands already', async () => {
    const gate = gateOf(1, entryOf(exampleJob('a')));
    gate.add(exampleJob('a'));
    const versions = [(gate.api.get(LEDGER_PATH) as { metadata: object }).metadata];
    gate.api.onRequest = ({ path }, when) => {
      if (path === JOB && when === 'before')
        versions.push((gate.api.get(LEDGER_PATH) as { metadata: object }).metadata);
    };
    await gate.reconcile();
    expect(versions[0]).not.toEqual(versions[1]);
    expect(gate.ledger?.entries).toMatchObject([{ name: 'a', attempt: 2 }]);
    expect(gate.started).toEqual(['a']);
  });

  test('never when the ledger has changed since it was read', async () => {
    const one = gateOf(1);
    const another = new ExampleGate({ api: one.api });
    await another.reconcile();
    one.add(exampleJob('a'));
    await one.settle();
    another.jobs.set(one.api.add(JOBS, exampleJob('b')));
    await another.reconcile();
    expect([one.started, one.holders]).toEqual([['a'], ['a']]);
  });

  test('with the limit of the QlikServer as it is, once the ledger has been read', async () => {
    const gate = gateOf(2, entryOf(exampleJob('runs')));
    gate.add(exampleJob('runs', ADMITTED), exampleJob('a'));
    gate.api.edit(SERVER, { spec: { maxParallelExecutions: 1 } });
    gate.api.edit(LEDGER_PATH, { ledger: { limit: 1, server: { ...NAMED.server, generation: 2 } } });
    await gate.reconcile();
    expect(gate.started).toEqual(['runs']);
    expect(gate.ledger?.limit).toBe(1);
  });

  test('not by force when it was changed since it was read: all is looked at again', async () => {
    const gate = gateOf(2);
    gate.add(exampleJob('a'));
    gate.api.edit(JOB, { metadata: { labels: { 'kpimailer.io/slots': '2' } } });
    const steps: string[] = [];
    gate.api.onRequest = ({ method, path }, when) => {
      if (when === 'before' && method !== 'GET') steps.push(`${method} ${path.split('/').at(-1)}`);
    };
    await gate.reconcile();
    expect(steps).toEqual(['PUT kpi.finance', 'PATCH a', 'PUT kpi.finance', 'PATCH a']);
    expect(gate.ledger?.entries).toMatchObject([{ weight: 2, attempt: 2 }]);
    expect(gate.job('a').spec.template.metadata?.labels?.['kpimailer.io/slots']).toBe('2');
  });

  test('not when another one has its name meanwhile', async () => {
    const gate = gateOf(1);
    gate.add(exampleJob('a'));
    gate.api.remove(JOB);
    gate.api.add(JOBS, exampleJob('a', { metadata: { uid: 'of-the-next' } }));
    await gate.reconcile();
    expect([gate.jobs.get('kpi/a'), gate.started]).toEqual([undefined, []]);
    await gate.settle();
    gate.pass(10_000);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['a'], ['a']]);
  });
});

test.each<[string, (gate: ExampleGate) => void]>([
  ['raised', (gate) => void gate.api.edit(JOB, { spec: { parallelism: 2 } })],
  [
    'as before, though the limit is lower',
    (gate) => void gate.api.edit(SERVER, { spec: { maxParallelExecutions: 1 } }),
  ],
])('an entry that stands has to fit again: its weight is %s', async (_what, change) => {
  const running = exampleJob('runs', ADMITTED);
  const gate = gateOf(2, entryOf(running), entryOf(exampleJob('a')));
  gate.add(running, exampleJob('a'));
  change(gate);
  await gate.settle();
  expect(gate.started).toEqual(['runs']);
});

describe('who goes next', () => {
  test('is decided by order, and by what fits', async () => {
    const gate = gateOf(2);
    gate.add(exampleJob('c'), exampleJob('b'), exampleJob('a'));
    await gate.settle();
    expect(gate.started).toEqual(['a', 'b']);
  });

  test('is not who comes after one that waits for enough slots', async () => {
    const running = exampleJob('runs', ADMITTED);
    const gate = gateOf(2, entryOf(running));
    gate.add(running, wide('a', 2), exampleJob('b'));
    await gate.settle();
    expect(gate.started).toEqual(['runs']);
  });

  test.each<[string, string, Json]>([
    ['is wider than the limit', 'Refused:WiderThanLimit', { spec: { parallelism: 3 } }],
    ['is held', 'Held', { metadata: { annotations: { 'kpimailer.io/queue-state': 'Held' } } }],
    [
      'was refused',
      'Refused:Invalid',
      { metadata: { annotations: { 'kpimailer.io/queue-state': 'Refused:Invalid' } } },
    ],
  ])('does not wait for one that %s', async (_what, state, change) => {
    const gate = gateOf(2);
    gate.add(exampleJob('a', change), exampleJob('b'));
    await gate.settle();
    expect(gate.started).toEqual(['b']);
    expect(gate.job('a').metadata.annotations?.['kpimailer.io/queue-state']).toBe(state);
  });

  test('is a Job wider than the limit once that is raised', async () => {
    const gate = gateOf(2);
    gate.add(wide('a', 3));
    await gate.settle();
    gate.api.edit(SERVER, { spec: { maxParallelExecutions: 3 } });
    await gate.settle();
    expect(gate.started).toEqual(['a']);
  });
});

describe('a Job that ran before is admitted', () => {
  test('ten seconds later, and others go before it', async () => {
    const gate = gateOf(1);
    gate.add(exampleJob('a', REQUEUED));
    await gate.settle();
    gate.pass(9_999);
    await gate.settle();
    expect(gate.started).toEqual([]);
    gate.pass(1);
    await gate.settle();
    expect(gate.started).toEqual(['a']);
  });

  test('not while a pod of that run may still work', async () => {
    const gate = gateOf(2);
    gate.add(exampleJob('a', REQUEUED), exampleJob('b'));
    gate.api.add(PODS, podOf(exampleJob('a')));
    await gate.settle();
    gate.pass(10_000);
    await gate.settle();
    expect(gate.started).toEqual(['b']);
  });
});

describe('what the API server', () => {
  const answering = (gate: ExampleGate, code: number) => {
    gate.api.onRequest = ({ body }) => {
      const { spec, status } = (body as { spec?: Json; status?: { admittedTime?: string } }) ?? {};
      if (spec?.['suspend'] === false || status?.admittedTime !== undefined)
        throw new ApiError(code, 'Invalid', 'spec.template: field is immutable');
    };
  };

  test.each([422, 403])(
    'refuses to let run (%i) is refused, with an event, and given no slots',
    async (code) => {
      const gate = gateOf(1);
      gate.add(exampleJob('a'));
      answering(gate, code);
      await gate.settle();
      expect(gate.job('a').metadata.annotations?.['kpimailer.io/queue-state']).toBe('Refused:Invalid');
      expect(gate.holders).toEqual([]);
      const events = gate.api.all({ root: '/apis/events.k8s.io/v1', plural: 'events' });
      expect(events).toMatchObject([
        { type: 'Warning', reason: 'Refused', note: 'cannot be admitted: spec.template: field is immutable' },
      ]);
    },
  );

  test('refuses to let have a slot is refused', async () => {
    const gate = gateOf(1);
    gate.addExecutions(exampleExecution('s'));
    answering(gate, 422);
    await gate.settle();
    expect(gate.execution('s').status?.conditions).toMatchObject([{ status: 'False', reason: 'Invalid' }]);
  });

  test('is too busy to answer (503) is asked again from the beginning', async () => {
    const gate = gateOf(1);
    gate.add(exampleJob('a'));
    answering(gate, 503);
    await expect(gate.reconcile()).rejects.toMatchObject({ code: 503 });
    gate.api.onRequest = () => {};
    await gate.reconcile();
    expect(gate.ledger?.entries).toMatchObject([{ name: 'a', attempt: 2 }]);
    expect(gate.started).toEqual(['a']);
  });
});

test('a slot is given to a QlikExecution as to a Job', async () => {
  const gate = gateOf(2);
  gate.addExecutions(exampleExecution('s', { spec: { slots: 2 } }));
  gate.add(exampleJob('t'));
  await gate.settle();
  expect(gate.execution('s').status).toMatchObject({
    admittedTime: '2026-05-04T12:00:00Z',
    conditions: [{ type: 'Admitted', status: 'True', reason: 'Admitted' }],
  });
  expect([gate.holders, gate.started]).toEqual([['s'], []]);
});

test('how long they waited is measured', async () => {
  const gate = gateOf(1);
  gate.pass(20_000);
  gate.add(exampleJob('a'));
  await gate.settle();
  expect(await gate.metrics.render()).toMatch(/^qlik_gate_wait_seconds_sum 20$/mu);
});
