import { describe, expect, test } from 'vitest';
import { CONDITION_TYPES, findCondition } from '../../api/conditions.ts';
import { qlikServerStatus } from '../../api/qlikserver.ts';
import {
  known,
  checked,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  unjudged,
  written,
} from '../../../test/integration/server/examples.ts';
import { desiredStatus } from './desired-status.ts';

const server = exampleServer({ checks: { failureThreshold: 1 } });
const healthy = checked(server, unjudged(server));
const failing = checked(server, healthy, { report: exampleReport('ServerReachable', 'ConnectionRefused') });
const otherwise = checked(server, failing, { report: exampleReport('ServerReachable', 'ConnectTimeout') });

describe('the transition time of a condition', () => {
  const timeOf = (status: ReturnType<typeof desiredStatus>) =>
    findCondition(status.conditions ?? [], 'ServerReachable')?.lastTransitionTime;
  const first = written(server, healthy, NOON);
  const second = written(first, failing, NOON + MINUTE);

  test('is that of the first status', () => {
    expect(timeOf(first.status!)).toBe('2026-05-04T12:00:00Z');
    expect(timeOf(desiredStatus(first, known(healthy), NOON + MINUTE))).toBe('2026-05-04T12:00:00Z');
  });

  test('changes with the status, and not with the reason alone', () => {
    expect(timeOf(second.status!)).toBe('2026-05-04T12:01:00Z');
    const third = desiredStatus(second, known(otherwise), NOON + 2 * MINUTE);
    expect(findCondition(third.conditions ?? [], 'ServerReachable')?.reason).toBe('ConnectTimeout');
    expect(timeOf(third)).toBe('2026-05-04T12:01:00Z');
  });
});

test('every condition is about the generation that was judged', () => {
  const edited = { ...server, metadata: { ...server.metadata, generation: 7 } };
  const { observedGeneration, conditions = [] } = desiredStatus(edited, known(healthy), NOON);
  expect([observedGeneration, ...conditions.map((each) => each.observedGeneration)]).toEqual(
    Array.from({ length: 12 }, () => 7),
  );
});

test('the same state gives the same status', () => {
  const first = written(server, failing, NOON);
  expect(desiredStatus(first, known(failing), NOON + MINUTE)).toEqual(first.status);
});

test.each([
  ['unjudged', unjudged(server), '0/5'],
  ['healthy', healthy, '5/5'],
  ['failing', failing, '0/5'],
  ['nearly', checked(server, healthy, { report: exampleReport('RootAdmin', 'MissingRole') }), '4/5'],
])('a server that is %s has a status the schema takes', (_, state, summary) => {
  const status = desiredStatus(server, known(state), NOON);
  expect(qlikServerStatus.strict().parse(status)).toEqual(status);
  expect(status.checks?.summary).toBe(summary);
  expect(CONDITION_TYPES).toEqual(expect.arrayContaining(status.conditions!.map(({ type }) => type)));
});

test('texts from outside are cut to what the schema takes, so that a status can always be written', () => {
  const report = exampleReport();
  const state = checked(server, unjudged(server), {
    report: {
      ...report,
      outcomes: new Map([
        ...report.outcomes,
        ['RootAdmin', { kind: 'passed', pass: 'RoleAssigned', detail: 'x'.repeat(5000) }],
      ]),
      product: { name: 'Qlik Sense', version: '9'.repeat(5000) },
    },
  });
  const status = desiredStatus(server, known(state), NOON);
  expect(status.product?.version).toBe('9'.repeat(64));
  expect(qlikServerStatus.parse(status)).toEqual(status);
});

test('times are whole seconds', () => {
  const state = checked(server, unjudged(server), { at: NOON + 999 });
  const { checks } = desiredStatus(server, known(state), NOON);
  expect(checks).toMatchObject({
    lastTime: '2026-05-04T12:00:00Z',
    signInProvedTime: '2026-05-04T12:00:00Z',
    duration: '100ms',
  });
});
