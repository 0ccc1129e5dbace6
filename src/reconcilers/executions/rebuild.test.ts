import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  EXPIRED,
  exampleExecution,
  exampleJob,
  exampleLedger,
  HELD,
  LEDGERS,
  PODS,
  podOf,
  SUSPENDED_AGAIN,
} from '../../../test/fakes/execution-examples.ts';
import { ExampleGate, LEDGER_PATH } from '../../../test/fakes/example-gate.ts';
import type { Json } from '../../../test/fakes/merge-patch.ts';
import { JOBS } from './job.ts';

const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';
const SERVER = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikservers/finance';

/** An operator that has begun to fill the ledger, which was lost. */
async function begun(populate: (gate: ExampleGate) => void, spec: Json = {}): Promise<ExampleGate> {
  const gate = new ExampleGate({ ledger: 'none', spec });
  populate(gate);
  gate.sync();
  await gate.reconcile();
  expect(gate.ledger?.readyUid).toBeUndefined();
  return gate;
}

/** What it does ten seconds later. */
async function filled(populate: (gate: ExampleGate) => void, spec: Json = {}): Promise<ExampleGate> {
  const gate = await begun(populate, spec);
  gate.pass(10_000);
  await gate.reconcile();
  expect(gate.ledger?.readyUid).toBeDefined();
  return gate;
}

const addPod = ({ api }: ExampleGate, name: string, change: Json = {}) =>
  api.add(PODS, podOf(exampleJob(name), change));

describe('a ledger that is not ready', () => {
  test('is made, and filled ten seconds later; nobody is admitted before', async () => {
    const gate = await begun((it) => it.add(exampleJob('waits')));
    gate.pass(9_999);
    await gate.reconcile();
    expect([gate.ledger?.readyUid, gate.started]).toEqual([undefined, []]);
    gate.pass(1);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['waits'], ['waits']]);
  });

  test('is gone on with by whoever meets it', async () => {
    const gate = new ExampleGate({ ledger: 'none' });
    gate.add(exampleJob('waits'));
    gate.api.add(LEDGERS, exampleLedger([], { limit: 0, readyUid: undefined as never }));
    await gate.settle();
    gate.pass(10_000);
    await gate.settle();
    expect(gate.started).toEqual(['waits']);
  });

  test('is filled though it says that another one is ready: a backup was restored', async () => {
    const ledger = exampleLedger([], { readyUid: 'uid-of-the-one-before' });
    const gate = new ExampleGate({ ledger, spec: { maxParallelExecutions: 1 } });
    addPod(gate, 'left');
    gate.add(exampleJob('waits'));
    await gate.settle();
    gate.pass(10_000);
    await gate.settle();
    expect([gate.holders, gate.started]).toEqual([['left'], []]);
  });

  test('that somebody else writes meanwhile is filled from the beginning', async () => {
    const gate = await begun((it) => it.add(exampleJob('waits')));
    gate.api.edit(LEDGER_PATH, { ledger: { limit: 3 } });
    gate.pass(10_000);
    await gate.settle();
    expect(gate.ledger?.readyUid).toBeUndefined();
    gate.pass(10_000);
    await gate.settle();
    expect(gate.started).toEqual(['waits']);
  });

  test('that is written while the last of it is read stays as it was written', async () => {
    const gate = await begun((it) => it.add(exampleJob('waits')));
    gate.api.onRequest = ({ path }, when) => {
      if (path === SERVER && when === 'after') gate.api.edit(LEDGER_PATH, { ledger: { limit: 3 } });
    };
    gate.pass(10_000);
    await gate.reconcile();
    expect(gate.ledger).toMatchObject({ limit: 3, entries: [] });
    expect(gate.started).toEqual([]);
  });
});

test('the steps of a rebuild have their order', async () => {
  const gate = await filled((it) => {
    it.add(exampleJob('waits'));
    it.addExecutions(exampleExecution('pending'));
    it.api.requests.length = 0;
  });
  const steps = gate.api.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
  const last = steps.indexOf('PUT kpi.finance');
  expect(steps.slice(0, last + 1)).toEqual([
    'GET qlikexecutionledgers',
    'GET kpi.finance',
    'POST qlikexecutionledgers',
    'GET jobs',
    'GET qlikexecutions',
    'PATCH waits',
    'PATCH pending',
    'GET jobs',
    'GET qlikexecutions',
    'PATCH waits',
    'PATCH status',
    'GET pods',
    'GET finance',
    'PUT kpi.finance',
  ]);
});

describe('whatever was read before a rebuild begins admits nobody any more:', () => {
  test.each<[string, (gate: ExampleGate) => { readonly metadata: object }]>([
    ['a suspended Job is touched', (gate) => gate.job('a')],
    ['a Job that ran before is touched', (gate) => gate.job('b')],
    ['a pending slot is touched', (gate) => gate.execution('s')],
  ])('%s', async (_what, read) => {
    const populate = (gate: ExampleGate) => {
      gate.add(exampleJob('a'), exampleJob('b', SUSPENDED_AGAIN));
      gate.addExecutions(exampleExecution('s'));
    };
    const gate = await begun(populate);
    expect(read(gate).metadata).toHaveProperty(
      'annotations',
      expect.objectContaining({
        'kpimailer.io/touched': expect.stringMatching(/^[0-9a-f]{16}$/u),
      }),
    );
  });

  test('a Job that is admitted before it is touched is left alone, and counted', async () => {
    const gate = new ExampleGate({ ledger: 'none', spec: { maxParallelExecutions: 1 } });
    gate.add(exampleJob('a'), exampleJob('b', { metadata: { creationTimestamp: '2026-05-04T11:00:00Z' } }));
    let isDone = false;
    gate.api.onRequest = ({ method, path }, when) => {
      if (method !== 'PATCH' || path !== JOB || when === 'after' || isDone) return;
      isDone = true;
      gate.api.edit(JOB, ADMITTED);
    };
    await gate.reconcile();
    gate.pass(10_000);
    await gate.reconcile();
    expect(gate.job('a').metadata.annotations).not.toHaveProperty(['kpimailer.io/touched']);
    expect([gate.holders, gate.started]).toEqual([['a'], ['a']]);
  });
});

describe('a rebuild finds', () => {
  test('the Jobs that run, by their own label or by that of their pods, and none that has ended', async () => {
    const gate = await filled(({ api }) => {
      api.add(JOBS, exampleJob('runs', { ...ADMITTED, spec: { suspend: false, parallelism: 2 } }));
      const template = { metadata: { labels: { 'kpimailer.io/qlik-server': 'finance' } } };
      const unlabelled = { ...(ADMITTED['metadata'] as Json), labels: null };
      api.add(JOBS, exampleJob('unlabelled', { metadata: unlabelled, spec: { suspend: false, template } }));
      api.add(JOBS, exampleJob('ended', { ...ADMITTED, ...COMPLETE }));
      api.add(
        JOBS,
        exampleJob('of-another', {
          ...ADMITTED,
          metadata: { labels: { 'kpimailer.io/qlik-server': 'other' } },
        }),
      );
    });
    expect(gate.ledger?.entries).toMatchObject([
      { name: 'runs', weight: 2 },
      { name: 'unlabelled', weight: 1 },
    ]);
  });

  test('Jobs that a cache does not know yet', async () => {
    const gate = new ExampleGate({ ledger: 'none' });
    gate.add(exampleJob('waits', { spec: { parallelism: 4 } }));
    gate.api.fallBehind();
    gate.api.add(JOBS, exampleJob('runs', ADMITTED));
    await gate.reconcile();
    gate.pass(10_000);
    await gate.reconcile();
    expect(gate.holders).toEqual(['runs']);
  });

  test('the slots that are held, expired ones too, as their holders may still work', async () => {
    const populate = (it: ExampleGate) =>
      it.addExecutions(
        exampleExecution('held', { ...HELD, spec: { slots: 2 } }),
        exampleExecution('expired', EXPIRED),
        exampleExecution('pending'),
      );
    const gate = await filled(populate, { maxParallelExecutions: 3 });
    expect(gate.ledger?.entries).toMatchObject([
      { kind: 'QlikExecution', name: 'held', weight: 2 },
      { kind: 'QlikExecution', name: 'expired', weight: 1 },
    ]);
  });

  test('the pods that have outlived their Job, with what they weigh, by the Job', async () => {
    const gate = await filled((it) => {
      it.add(exampleJob('waits', { spec: { parallelism: 4 } }));
      addPod(it, 'left', { metadata: { labels: { 'kpimailer.io/slots': '3' } } });
      addPod(it, 'orphan', { metadata: { ownerReferences: null } });
      addPod(it, 'over', { status: { phase: 'Succeeded' } });
      addPod(it, 'of-another', { metadata: { labels: { 'kpimailer.io/qlik-server-namespace': 'other' } } });
    });
    expect(gate.ledger?.entries).toMatchObject([
      { kind: 'Job', name: 'left', uid: 'uid-of-left', weight: 3 },
      { kind: 'Pod', name: 'orphan-pod', weight: 1 },
    ]);
  });

  test('a pod that the Job controller makes in the ten seconds', async () => {
    const gate = await begun((it) => it.add(exampleJob('deleted', ADMITTED)));
    gate.api.remove('/apis/batch/v1/namespaces/kpi/jobs/deleted');
    addPod(gate, 'late');
    gate.pass(10_000);
    await gate.reconcile();
    expect(gate.holders).toEqual(['deleted', 'late']);
  });

  test('Jobs that were suspended again and have pods still, which carry no label of ours', async () => {
    const gate = await filled((it) => {
      it.add(exampleJob('stopping', SUSPENDED_AGAIN), exampleJob('stopped', SUSPENDED_AGAIN));
      const labels = { 'kpimailer.io/qlik-server': null };
      addPod(it, 'stopping', { metadata: { labels } });
    });
    expect(gate.holders).toEqual(['stopping']);
  });

  test('the limit of the QlikServer as it is then, not as the cache has it', async () => {
    const gate = await begun((it) => it.add(exampleJob('a'), exampleJob('b')));
    gate.api.edit(SERVER, { spec: { maxParallelExecutions: 1 } });
    gate.pass(10_000);
    await gate.reconcile();
    const { body } = gate.api.requests.find(({ method }) => method === 'PUT') ?? {};
    expect(body).toMatchObject({ ledger: { limit: 1, server: { generation: 2 } } });
    expect(gate.started).toHaveLength(1);
  });
});

test('two operators that fill the same ledger agree', async () => {
  const one = new ExampleGate({ ledger: 'none' });
  const another = new ExampleGate({ api: one.api });
  one.add(exampleJob('a'), exampleJob('runs', ADMITTED));
  another.sync();
  for (const gate of [one, another]) await gate.reconcile();
  for (const gate of [one, another]) gate.pass(10_000);
  for (const gate of [one, another]) await gate.settle();
  expect(one.holders).toEqual(['a', 'runs']);
});
