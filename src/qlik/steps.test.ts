import { expect, test } from 'vitest';
import type { CheckName } from '../api/conditions.ts';
import type { Outcome } from './connector.ts';
import { QlikError } from './failure.ts';
import { runSteps, type CheckStep } from './steps.ts';

const PASSED: Outcome = { kind: 'passed', pass: 'Reachable', detail: 'it works' };
const FAILURE = { kind: 'ConnectionRefused', phase: 'tcp', endpoint: 'acme:443', detail: 'refused' } as const;

/** ServerReachable ← Authenticated ← UserExists ← {RootAdmin, VirtualProxyReady}; the others pass. */
async function run(results: Partial<Record<CheckName, () => Promise<Outcome>>>) {
  const made: CheckName[] = [];
  const step = (name: CheckName, needs?: CheckName): CheckStep => ({
    name,
    ...(needs === undefined ? {} : { needs }),
    run: () => {
      made.push(name);
      return (results[name] ?? (() => Promise.resolve(PASSED)))();
    },
  });
  const { outcomes, errors } = await runSteps(
    [
      step('ServerReachable'),
      step('Authenticated', 'ServerReachable'),
      step('UserExists', 'Authenticated'),
      step('RootAdmin', 'UserExists'),
      step('VirtualProxyReady', 'UserExists'),
    ],
    'acme:443',
  );
  return { made, errors, outcomes: Object.fromEntries(outcomes) };
}

const ALL: readonly CheckName[] = [
  'ServerReachable',
  'Authenticated',
  'UserExists',
  'RootAdmin',
  'VirtualProxyReady',
];

test('all are made in order', async () => {
  const { made, outcomes, errors } = await run({});
  expect(made).toEqual(ALL);
  expect(Object.keys(outcomes)).toEqual(ALL);
  expect(Object.values(outcomes)).toEqual(ALL.map(() => PASSED));
  expect(errors).toEqual([]);
});

test('what a failure blocks is not made, and names the root however far it is', async () => {
  const { made, outcomes, errors } = await run({
    Authenticated: () => Promise.reject(new QlikError(FAILURE)),
  });
  const notRun = { kind: 'notRun', because: 'Authenticated' };
  expect(made).toEqual(['ServerReachable', 'Authenticated']);
  expect(outcomes).toEqual({
    ServerReachable: PASSED,
    Authenticated: { kind: 'failed', failure: FAILURE },
    UserExists: notRun,
    RootAdmin: notRun,
    VirtualProxyReady: notRun,
  });
  expect(errors).toEqual([]);
});

test.each<Outcome>([
  { kind: 'failed', failure: FAILURE },
  { kind: 'kept', why: 'AttemptsExhausted', detail: 'not asked' },
])('a need that is $kind is not met', async (outcome) => {
  const { made, outcomes } = await run({ UserExists: () => Promise.resolve(outcome) });
  expect(made).toEqual(ALL.slice(0, 3));
  expect(outcomes['RootAdmin']).toEqual({ kind: 'notRun', because: 'UserExists' });
});

test('a fault of our own fails its check alone, is reported, and its text stands in no outcome', async () => {
  const fault = new TypeError('cannot read secret-of-ours');
  const { made, outcomes, errors } = await run({ RootAdmin: () => Promise.reject(fault) });
  expect(made).toEqual(ALL);
  expect(errors).toEqual([fault]);
  expect(outcomes['RootAdmin']).toMatchObject({
    kind: 'failed',
    failure: { kind: 'InternalError', endpoint: 'acme:443' },
  });
  expect(outcomes['VirtualProxyReady']).toEqual(PASSED);
  expect(JSON.stringify(outcomes)).not.toContain('secret-of-ours');
});
