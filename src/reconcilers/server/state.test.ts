import { describe, expect, test } from 'vitest';
import { ConfigurationProblem } from '../../connections/problem.ts';
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
import { restoredState, stateOfChangedConnection } from './state.ts';
import { summarize } from './summary.ts';

describe('after a restart', () => {
  test('a server without a status is not known', () => {
    expect(unjudged(exampleServer())).toMatchObject({
      verdicts: undefined,
      problem: undefined,
      connected: false,
      everConnected: false,
      failures: 0,
    });
  });

  test('a healthy server is as it was', () => {
    const server = exampleServer();
    const before = { ...checked(server, unjudged(server)), handledRequest: 'now' };
    const after = restoredState(written(server, before), NOON + SECOND);
    const { verdicts, connected, everConnected, fingerprint, product, signInProvedAt, lastCheck } = before;
    expect(after).toMatchObject({
      connected,
      everConnected,
      fingerprint,
      product,
      signInProvedAt,
      lastCheck,
    });
    expect(after.verdicts).toEqual(verdicts);
    expect(after.handledRequest).toBe('now');
    expect(after.nextCheckAt).toBe(before.nextCheckAt);
  });

  test.each([
    [3, 0, 1],
    [3, 29, 1],
    [3, 30, 2],
    [3, 59, 2],
    [3, 60, 2],
    [3, 9999, 2],
    [1, 9999, 0],
    [10, 90, 4],
    [10, 269, 9],
    [10, 9999, 9],
    [3, -5, 1],
  ])('with threshold %i the failures since %i s count as %i', (failureThreshold, seconds, failures) => {
    const server = exampleServer({ checks: { failureThreshold } });
    const report = exampleReport('RootAdmin', 'MissingRole');
    const failing = checked(server, checked(server, unjudged(server)), { report });
    const after = restoredState(written(server, failing), NOON + seconds * SECOND);
    expect(after).toMatchObject({ failures, failingSince: NOON, connected: failureThreshold > 1 });
  });

  test('one more failure decides, once the run was long enough', () => {
    const server = exampleServer();
    const report = exampleReport('RootAdmin', 'MissingRole');
    const failing = checked(server, checked(server, unjudged(server)), { report });
    const connectedAfter = (seconds: number) => {
      const restored = restoredState(written(server, failing), NOON + seconds * SECOND);
      return checked(server, restored, { report }).connected;
    };
    expect([29, 30].map(connectedAfter)).toEqual([true, false]);
  });

  test('the grace of a missing Secret goes on', () => {
    const server = exampleServer();
    const absent = new ConfigurationProblem('SecretNotFound', 'it does not exist');
    const seen = written(server, afterProblem(unjudged(server), absent, NOON));
    const after = afterProblem(restoredState(seen, NOON + 90 * SECOND), absent, NOON + 90 * SECOND);
    expect(after.problem?.since).toBe(NOON);
    expect(summarize(seen, known(after), NOON + 119 * SECOND).get('Reconciling')?.status).toBe('True');
    expect(summarize(seen, known(after), NOON + 120 * SECOND).get('Stalled')?.reason).toBe('SecretNotFound');
  });

  test('what is Stalled stays Stalled, and fails once more to stay so', () => {
    const server = exampleServer();
    const report = exampleReport('Authenticated', 'ClientCertificateRejected');
    const stalled = checked(server, unjudged(server), { report });
    const after = restoredState(written(server, stalled), NOON + MINUTE);
    expect(after.needsHuman).toBe(true);
    expect(checked(server, after, { report }).needsHuman).toBe(true);
  });

  test('a server that worked and fails is still known to have worked', () => {
    const server = exampleServer({ checks: { failureThreshold: 1 } });
    const report = exampleReport('ServerReachable');
    const failing = checked(server, checked(server, unjudged(server)), { report });
    const { connected, everConnected } = restoredState(written(server, failing), NOON);
    expect({ connected, everConnected }).toEqual({ connected: false, everConnected: true });
  });
});

test('another connection starts from nothing, but keeps what is not about the connection', () => {
  const server = exampleServer();
  const judged = { ...checked(server, unjudged(server)), handledRequest: 'now' };
  const fresh = { ...unjudged(server), fields: 'new', handledRequest: 'now' };
  const { lastCheck, nextCheckAt } = judged;
  expect(stateOfChangedConnection(judged, 'new')).toEqual({ ...fresh, lastCheck, nextCheckAt });
});
