import { expect, test } from 'vitest';
import {
  known,
  checked,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  unjudged,
} from '../../../test/integration/server/examples.ts';
import { desiredStatus } from './desired-status.ts';
import type { ServerState } from './state.ts';
import { worthWriting } from './worth-writing.ts';

const server = exampleServer();
const healthy = checked(server, unjudged(server));
const status = (state: ServerState) => desiredStatus(server, known(state), NOON);
const before = status(healthy);
const lastCheck = (minutes: number) => ({ at: NOON + minutes * MINUTE, duration: minutes });

test.each([
  ['a check that found the same', { ...healthy, lastCheck: lastCheck(5) }, false],
  ['the same just before the heartbeat', { ...healthy, lastCheck: lastCheck(9.98) }, false],
  ['the same at the heartbeat', { ...healthy, lastCheck: lastCheck(10) }, true],
  ['a failure', checked(server, healthy, { report: exampleReport('RootAdmin', 'MissingRole') }), true],
  ['an echo', { ...healthy, handledRequest: 'now' }, true],
  ['another fingerprint', { ...healthy, fingerprint: 'other' }, true],
  ['another version', { ...healthy, product: { name: 'Qlik Sense', version: '32' } }, true],
])('%s is worth a write: %s', (_, state, expected) => {
  const after = desiredStatus({ ...server, status: before }, known(state), NOON);
  expect(worthWriting(before, after, 10 * MINUTE)).toBe(expected);
});

test('the first status is written, whatever it says', () => {
  expect(worthWriting(undefined, before, 10 * MINUTE)).toBe(true);
  expect(worthWriting({ observedGeneration: -1 }, status(unjudged(server)), 10 * MINUTE)).toBe(true);
});

test('another generation is written', () => {
  expect(worthWriting({ ...before, observedGeneration: 0 }, before, 10 * MINUTE)).toBe(true);
});

test('without any check there is no heartbeat', () => {
  const unseen = status(unjudged(server));
  expect(worthWriting(unseen, unseen, 10 * MINUTE)).toBe(false);
});
