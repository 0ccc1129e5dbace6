import { describe, expect, test } from 'vitest';
import { ConfigurationProblem, type ProblemReason } from '../../connections/problem.ts';
import { FAILURE_KINDS } from '../../qlik/failure.ts';
import {
  known,
  checked,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  SECOND,
  unjudged,
  written,
} from '../../../test/integration/server/examples.ts';
import { afterProblem } from './judge.ts';
import type { ServerState } from './state.ts';
import { summarize } from './summary.ts';

const connected = exampleServer();
const configured = exampleServer({ readiness: 'Configured' });
const REFUSED = exampleReport('ServerReachable', 'ConnectionRefused');
const REJECTED = exampleReport('Authenticated', 'ClientCertificateRejected');

const never = unjudged(connected);
const healthy = checked(connected, never);
const debouncing = checked(connected, healthy, { report: REFUSED });
const lost = checked(connected, checked(connected, debouncing, { report: REFUSED }), { report: REFUSED });
const dead = checked(connected, never, { report: REFUSED });
const rejected = checked(connected, never, { report: REJECTED });
const doubted = checked(exampleServer({ checks: { failureThreshold: 1 } }), healthy, { report: REJECTED });
const problem = (reason: ProblemReason, state = never) =>
  afterProblem(state, new ConfigurationProblem(reason, 'so it is'), NOON);
const absent = problem('SecretNotFound');

/** `status/reason` of the conditions that consumers look at; absent ones are left out. */
function situation(server = connected, state: ServerState = never, now = NOON): string {
  const summary = summarize(server, known(state), now);
  return (['Ready', 'Connected', 'Reconciling', 'Stalled', 'Suspended'] as const)
    .filter((type) => summary.has(type))
    .map((type) => `${type}=${summary.get(type)?.status}/${summary.get(type)?.reason}`)
    .join(' ');
}

describe('a server that must be connected', () => {
  test.each([
    [
      'never judged',
      never,
      'Ready=Unknown/Progressing Connected=Unknown/Progressing Reconciling=True/Progressing',
    ],
    ['healthy', healthy, 'Ready=True/ChecksPassed Connected=True/ChecksPassed'],
    ['debouncing', debouncing, 'Ready=True/ChecksPassed Connected=True/ChecksPassed'],
    [
      'lost',
      lost,
      'Ready=False/ConnectionRefused Connected=False/ConnectionRefused Reconciling=True/ProgressingWithRetry',
    ],
    [
      'dead from the start',
      dead,
      'Ready=False/ConnectionRefused Connected=False/ConnectionRefused Reconciling=True/Progressing',
    ],
    [
      'rejected',
      rejected,
      'Ready=False/ClientCertificateRejected Connected=False/ClientCertificateRejected Stalled=True/ClientCertificateRejected',
    ],
    [
      'rejected, not confirmed',
      doubted,
      'Ready=False/ClientCertificateRejected Connected=False/ClientCertificateRejected Reconciling=True/ProgressingWithRetry',
    ],
    [
      'without its Secret',
      absent,
      'Ready=False/SecretNotFound Connected=False/SecretNotFound Reconciling=True/Progressing',
    ],
    [
      'without the Secret it had',
      problem('SecretNotFound', healthy),
      'Ready=False/SecretNotFound Connected=False/SecretNotFound Reconciling=True/ProgressingWithRetry',
    ],
    [
      'with a wrong password',
      problem('WrongPassword'),
      'Ready=False/WrongPassword Connected=False/WrongPassword Stalled=True/WrongPassword',
    ],
  ])('and is %s', (_, state, expected) => {
    expect(situation(connected, state)).toBe(expected);
  });

  test('and lacks its Secret is Stalled after two minutes', () => {
    expect(situation(connected, absent, NOON + 2 * MINUTE - 1)).toContain('Reconciling=');
    expect(situation(connected, absent, NOON + 2 * MINUTE)).toBe(
      'Ready=False/SecretNotFound Connected=False/SecretNotFound Stalled=True/SecretNotFound',
    );
  });
});

describe('a server that need only be configured', () => {
  test.each([
    [
      'never judged',
      never,
      'Ready=Unknown/Progressing Connected=Unknown/Progressing Reconciling=True/Progressing',
    ],
    ['healthy', healthy, 'Ready=True/ConfigurationValid Connected=True/ChecksPassed'],
    ['dead', dead, 'Ready=True/ConfigurationValid Connected=False/ConnectionRefused'],
    ['lost', lost, 'Ready=True/ConfigurationValid Connected=False/ConnectionRefused'],
    [
      'rejected',
      rejected,
      'Ready=False/ClientCertificateRejected Connected=False/ClientCertificateRejected Stalled=True/ClientCertificateRejected',
    ],
    [
      'without its Secret',
      absent,
      'Ready=False/SecretNotFound Connected=False/SecretNotFound Reconciling=True/Progressing',
    ],
  ])('and is %s', (_, state, expected) => {
    expect(situation(configured, state)).toBe(expected);
  });
});

describe('a suspended server', () => {
  const suspended = exampleServer({ suspend: true });

  test.each([
    [
      'never judged',
      never,
      'Ready=Unknown/Progressing Connected=Unknown/Progressing Suspended=True/Suspended',
    ],
    ['healthy', healthy, 'Ready=True/ChecksPassed Connected=True/ChecksPassed Suspended=True/Suspended'],
    [
      'rejected',
      rejected,
      'Ready=False/ClientCertificateRejected Connected=False/ClientCertificateRejected Suspended=True/Suspended',
    ],
    [
      'without its Secret',
      absent,
      'Ready=False/SecretNotFound Connected=False/SecretNotFound Suspended=True/Suspended',
    ],
  ])('that was %s keeps what it had', (_, state, expected) => {
    const { status } = written(connected, state);
    expect(situation({ ...suspended, status: status! }, state)).toBe(expected);
  });

  test('still says whether its limit is kept, as what runs goes on', () => {
    const { status } = written(connected, healthy);
    const { executions } = known(healthy);
    const over = { ...known(healthy), executions: { ...executions, limit: 1, running: 2 } };
    const summary = summarize({ ...suspended, status: status! }, over, NOON);
    expect(summary.get('ExecutionsWithinLimit')).toMatchObject({ status: 'False', reason: 'OverLimit' });
  });

  test('that was never written is not vouched for', () => {
    expect(situation(suspended, healthy)).toContain('Ready=Unknown/Progressing');
  });
});

test('Reconciling and Stalled are never both there, and one of them is whenever a server is not Ready', () => {
  const states = FAILURE_KINDS.flatMap((kind) =>
    [never, healthy].flatMap((before) => {
      const report = exampleReport('VirtualProxyReady', kind);
      const row = [checked(connected, before, { report })];
      for (let more = 0; more < 3; more += 1) row.push(checked(connected, row.at(-1)!, { report }));
      return row;
    }),
  );
  const problems = (['SecretNotFound', 'InvalidCA', 'SecretNotLabelled'] as const).flatMap((reason) => [
    problem(reason),
    problem(reason, lost),
  ]);
  for (const state of [...states, ...problems, never, healthy]) {
    for (const server of [connected, configured]) {
      for (const now of [NOON, NOON + 119 * SECOND, NOON + 121 * SECOND]) {
        const summary = summarize(server, known(state), now);
        const abnormal = ['Reconciling', 'Stalled'].filter((type) => summary.has(type as 'Stalled'));
        expect(abnormal).toHaveLength(summary.get('Ready')?.status === 'True' ? 0 : 1);
      }
    }
  }
});

describe('messages', () => {
  test('name the condition that explains', () => {
    const summary = summarize(connected, known(dead), NOON);
    const own = summary.get('ServerReachable')?.message;
    expect(own).toMatch(/^qlik\.corp\.example:4242 \(tcp\): refused; /u);
    for (const type of ['Ready', 'Connected'] as const) {
      expect(summary.get(type)?.message).toBe(`ServerReachable: ${own}`);
    }
    expect(summarize(connected, known(debouncing), NOON).get('Ready')?.message).toContain(
      'until ServerReachable',
    );
    expect(summarize(connected, known(absent), NOON).get('Ready')?.message).toBe('Configured: so it is');
  });

  test.each([
    ['healthy', healthy],
    ['failing', lost],
    ['absent', absent],
  ])('do not change while a server goes on being %s', (_, state) => {
    const later = { ...state, failures: 99, lastCheck: { at: NOON + MINUTE, duration: 7 } };
    expect(summarize(connected, known(later), NOON + MINUTE)).toEqual(
      summarize(connected, known(state), NOON),
    );
  });
});
