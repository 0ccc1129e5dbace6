import { describe, expect, test } from 'vitest';
import {
  ADMITTED,
  COMPLETE,
  entryOf,
  exampleExecution,
  exampleJob,
  exampleLedger,
  HELD,
} from '../../../test/fakes/execution-examples.ts';
import { ExampleGate } from '../../../test/fakes/example-gate.ts';

const PODS = 'GET /api/v1/namespaces/kpi/pods';
const JOB = '/apis/batch/v1/namespaces/kpi/jobs/a';

/** A gate whose ledger has the entry of a Job `a`, and how often it has asked about something. */
function gateWith(...jobs: readonly ReturnType<typeof exampleJob>[]) {
  const gate = new ExampleGate({ ledger: exampleLedger([entryOf(exampleJob('a'))]) });
  gate.add(...jobs);
  const asked = (about: string) => gate.api.log.filter((request) => request === about).length;
  return { gate, asked };
}

describe('what the caches tell for sure is not asked:', () => {
  test.each([
    ['a Job runs', exampleJob('a', ADMITTED)],
    ['a Job has ended', exampleJob('a', { ...ADMITTED, ...COMPLETE })],
    ['a Job waits, and may be admitted', exampleJob('a')],
  ])('%s', async (_what, job) => {
    const { gate, asked } = gateWith(job);
    await gate.settle();
    expect(asked(`GET ${JOB}`)).toBe(0);
  });
});

test('who is not in the caches is asked about once a second, whatever is heard of others', async () => {
  const { gate, asked } = gateWith();
  for (let times = 0; times < 5; times += 1) {
    gate.add(exampleJob(`other-${times}`));
    await gate.reconcile();
    gate.pass(400);
  }
  expect(asked(`GET ${JOB}`)).toBe(2);
  expect(asked(PODS)).toBe(0);
});

test('who may have stopped is looked at again when the Job controller has caught up', async () => {
  const { gate } = gateWith();
  expect(await gate.reconcile()).toEqual({ kind: 'again', at: gate.wallClock + 10_000 });
});

test('a Lease is looked at when it may have run out', async () => {
  const slot = exampleExecution('s', { ...HELD, spec: { leaseDurationSeconds: 10 } });
  const gate = new ExampleGate({ ledger: exampleLedger([entryOf(slot, { kind: 'QlikExecution' })]) });
  gate.addExecutions(slot);
  await gate.settle();
  gate.pass(7_000);
  expect(await gate.reconcile()).toEqual({ kind: 'again', at: gate.wallClock + 3_000 });
});
