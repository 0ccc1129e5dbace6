import { describe, expect, test } from 'vitest';
import { REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import {
  checked,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  unjudged,
} from '../../../test/integration/server/examples.ts';
import { dueNow, openRequest, signInProofDue, type Due } from './due.ts';

const server = exampleServer();
const requested = exampleServer({}, { metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: 'now' } } });
const judged = { ...checked(server, unjudged(server)), nextCheckAt: NOON + MINUTE };
const moment = { fingerprint: '0123456789abcdef', now: NOON };

describe('a check', () => {
  test.each([
    ['is due at once, if there is no verdict', { state: unjudged(server), due: 'neverJudged' }],
    [
      'is due at once, if the contents have changed',
      { moment: { ...moment, fingerprint: 'other' }, due: 'contentsChanged' },
    ],
    ['is due at once, if it is asked for', { server: requested, due: 'requested' }],
    [
      'is due for any other value of the request',
      { server: requested, state: { ...judged, handledRequest: 'later' }, due: 'requested' },
    ],
    [
      'is not due twice for one request',
      { server: requested, state: { ...judged, handledRequest: 'now' }, due: undefined },
    ],
    ['is due at its time', { moment: { ...moment, now: NOON + MINUTE }, due: 'scheduled' }],
    ['is not due before', { moment: { ...moment, now: NOON + MINUTE - 1 }, due: undefined }],
  ])('%s', (_, { due, ...given }) => {
    const all = { server, state: judged, moment, ...given };
    expect(dueNow(all.server, all.state, all.moment)).toBe(due);
  });
});

test('a request is taken as far as the status can echo it', () => {
  const annotations = { [REQUESTED_AT_ANNOTATION]: 'x'.repeat(300) };
  const request = openRequest(exampleServer({}, { metadata: { annotations } }), judged);
  expect(request).toBe('x'.repeat(256));
  const handled = { ...judged, handledRequest: request };
  expect(openRequest(exampleServer({}, { metadata: { annotations } }), handled)).toBeUndefined();
});

describe('a sign-in is proved anew', () => {
  const state = { ...judged, virtualProxyVersion: 'v1' };
  const usual = { version: 'v1', now: NOON + 59 * MINUTE, interval: 60 * MINUTE };

  test.each(['neverJudged', 'contentsChanged', 'requested'] as const)('when the check is %s', (due: Due) => {
    expect(signInProofDue(state, due, usual)).toBe(true);
  });

  test.each([
    ['when the interval is over', state, { ...usual, now: NOON + 60 * MINUTE }, true],
    ['when the virtual proxy has changed', state, { ...usual, version: 'v2' }, true],
    ['when it was never proved', { ...state, signInProvedAt: undefined }, usual, true],
    [
      'when it fails',
      checked(server, state, { report: exampleReport('VirtualProxyReady', 'NotLinked') }),
      usual,
      true,
    ],
    ['not otherwise', state, usual, false],
    ['not for a restart alone', { ...state, virtualProxyVersion: undefined }, usual, false],
  ] as const)('%s', (_, state, proof, expected) => {
    expect(signInProofDue(state, 'scheduled', proof)).toBe(expected);
  });
});
