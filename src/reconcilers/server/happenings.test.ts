import { describe, expect, test } from 'vitest';
import type { ConditionStatus } from '../../api/conditions.ts';
import type { QlikServerStatus } from '../../api/qlikserver.ts';
import { happeningsOf } from './happenings.ts';

/** A status with `Connected` as given and, if so, `Stalled`. */
function status(connected: ConditionStatus | undefined, stalled = false): QlikServerStatus {
  const common = { lastTransitionTime: '2026-05-04T12:00:00Z', reason: 'Progressing' };
  return {
    conditions: [
      ...(connected === undefined
        ? []
        : [{ ...common, type: 'Connected', status: connected, message: 'the connection' }]),
      ...(stalled ? [{ ...common, type: 'Stalled', status: 'True' as const, message: 'the human' }] : []),
    ],
  };
}

test.each([
  ['the first pass', undefined, status('True'), false, ['Normal Connected']],
  ['the first pass after the announcement', status('Unknown'), status('True'), false, ['Normal Connected']],
  ['the first pass after failures', status('False'), status('True'), false, ['Normal Connected']],
  ['a pass after a loss', status('False'), status('True'), true, ['Normal Recovered']],
  ['one more pass', status('True'), status('True'), true, []],
  ['a loss', status('True'), status('False'), true, ['Warning ConnectionLost']],
  ['a first failure', undefined, status('False'), false, []],
  ['one more failure', status('False'), status('False'), true, []],
  ['a new connection', status('True'), status('Unknown'), false, []],
  ['a need for a human', status('False'), status('False', true), false, ['Warning NeedsAttention']],
  ['the same need', status('False', true), status('False', true), false, []],
  ['the end of the need', status('False', true), status('True'), true, ['Normal Recovered']],
  [
    'a loss that needs a human',
    status('True'),
    status('False', true),
    true,
    ['Warning ConnectionLost', 'Warning NeedsAttention'],
  ],
])('%s', (...[, before, after, wasEverConnected, expected]) => {
  const happenings = happeningsOf(before, after, wasEverConnected);
  expect(happenings.map(({ type, reason }) => `${type} ${reason}`)).toEqual(expected);
  for (const { reason, note } of happenings) {
    expect(note).toBe(reason === 'NeedsAttention' ? 'the human' : 'the connection');
  }
});

test('each warning of a certificate that expires is told once, and of another certificate anew', () => {
  const valid = (reason: string, message: string): QlikServerStatus => ({
    conditions: [
      {
        type: 'CertificateValid',
        status: 'True',
        reason,
        message,
        lastTransitionTime: '2026-05-04T12:00:00Z',
      },
    ],
  });
  const statuses = [
    undefined,
    valid('CertificateValid', 'until May'),
    valid('ExpiresSoon', 'within 30 days'),
    valid('ExpiresSoon', 'within 30 days'),
    valid('ExpiresSoon', 'within 14 days'),
    valid('CertificateValid', 'until June'),
    valid('ExpiresSoon', 'within 14 days'),
  ];
  const told = statuses
    .slice(1)
    .flatMap((after, index) => happeningsOf(statuses[index], after!, true))
    .map(({ type, reason, note }) => `${type} ${reason} ${note}`);
  expect(told).toEqual([
    'Warning CertificateExpiresSoon within 30 days',
    'Warning CertificateExpiresSoon within 14 days',
    'Warning CertificateExpiresSoon within 14 days',
  ]);
});

describe('of credentials', () => {
  const of = (fingerprint: string | undefined, credential: QlikServerStatus['credential']) => ({
    ...status('True'),
    checks: { connectionFingerprint: fingerprint },
    credential,
  });
  const current = of('a', { state: 'Current' });

  test.each<[string, QlikServerStatus | undefined, QlikServerStatus, boolean, string[]]>([
    ['new ones are in use', current, of('b', { state: 'Current' }), true, ['Normal CredentialRotated']],
    ['the same ones are in use', current, current, true, []],
    ['another connection is in use', current, of('b', { state: 'Current' }), false, []],
    ['the first ones are in use', of(undefined, undefined), current, true, []],
    ['new ones were not judged yet', current, of('a', { state: 'CandidateUnproven' }), true, []],
    [
      'new ones are not accepted beside those in use',
      current,
      of('a', { state: 'CandidateRejected', message: 'no' }),
      true,
      ['Warning CandidateRejected'],
    ],
    [
      'they still are not',
      of('a', { state: 'CandidateRejected', message: 'no' }),
      of('a', { state: 'CandidateRejected', message: 'no' }),
      true,
      [],
    ],
    [
      'and others are not, either',
      of('a', { state: 'CandidateRejected', message: 'no' }),
      of('a', { state: 'CandidateRejected', message: 'nor this' }),
      true,
      ['Warning CandidateRejected'],
    ],
  ])('%s', (...[, before, after, wasEverConnected, expected]) => {
    const told = happeningsOf(before, after, wasEverConnected);
    expect(told.map(({ type, reason }) => `${type} ${reason}`)).toEqual(expected);
  });
});
