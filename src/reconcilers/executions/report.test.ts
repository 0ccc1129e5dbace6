import { describe, expect, test } from 'vitest';
import { exampleServer, NOON } from '../../../test/integration/server/examples.ts';
import { ExecutionReports, executionsOf, type ExecutionReport } from './report.ts';

const server = exampleServer();
const IDLE: ExecutionReport = {
  uid: server.metadata.uid,
  limit: 4,
  running: 0,
  queued: 0,
  oldestQueuedSince: undefined,
  isRebuilding: false,
};

/** What is shown after figures have come at these times. */
function reports() {
  const clock = { now: 0 };
  const kept = new ExecutionReports(() => clock.now);
  const at = (now: number, figures: Partial<ExecutionReport>) => {
    clock.now = now;
    return kept.set(server, { ...IDLE, ...figures });
  };
  return { kept, at };
}

describe('the status shows figures at once', () => {
  test.each<[string, Partial<ExecutionReport>, Partial<ExecutionReport>]>([
    ['when the first one runs', {}, { running: 1 }],
    ['when it is full', { running: 3 }, { running: 4 }],
    ['when it is over the limit', { running: 4 }, { running: 5 }],
    ['when it is not full any more', { running: 4 }, { running: 3 }],
    ['when somebody begins to wait', { running: 3 }, { running: 3, queued: 1 }],
    ['when the limit is another one', { running: 3 }, { running: 3, limit: 5 }],
    ['when the ledger is lost', { running: 3 }, { running: 3, isRebuilding: true }],
  ])('%s', (_when, before, after) => {
    const { at, kept } = reports();
    at(0, before);
    expect(at(1, after)).toBe(true);
    expect(kept.shown(server)).toMatchObject(after);
  });
});

test('other figures are shown 30 seconds after the last ones, and live before', () => {
  const { at, kept } = reports();
  at(0, { running: 1 });
  expect(at(29_999, { running: 2 })).toBe(false);
  expect([kept.shown(server).running, kept.latest('kpi/finance')?.running]).toEqual([1, 2]);
  expect(at(30_000, { running: 2 })).toBe(true);
  expect(at(60_000, { running: 2 })).toBe(false);
});

test('before anything is known, the status stays as it is, but not that of a server of the same name', () => {
  const executions = { limit: 4, running: 3, queued: 2, oldestQueuedSince: '2026-05-04T12:00:00Z' };
  const restored = exampleServer({}, { status: { observedGeneration: 1, executions } });
  const { kept, at } = reports();
  const shown = { running: 3, queued: 2, oldestQueuedSince: NOON };
  expect(kept.shown(restored)).toMatchObject(shown);
  at(0, { running: 1, uid: 'of-the-one-before' });
  expect(kept.shown(restored)).toMatchObject(shown);
});

test('a server that is forgotten has no figures', () => {
  const { at, kept } = reports();
  at(0, { running: 1 });
  kept.forget('kpi/finance');
  expect([kept.latest('kpi/finance'), kept.shown(server).running]).toEqual([undefined, 0]);
});

test.each([
  [{ running: 3 }, { limit: 4, running: 3, queued: 0, summary: '3/4' }],
  [
    { running: 4, queued: 2, oldestQueuedSince: NOON },
    { limit: 4, running: 4, queued: 2, summary: '4/4 (2 queued)', oldestQueuedSince: '2026-05-04T12:00:00Z' },
  ],
])('%j reads %j', (figures, expected) => {
  expect(executionsOf({ ...IDLE, ...figures })).toEqual(expected);
});
