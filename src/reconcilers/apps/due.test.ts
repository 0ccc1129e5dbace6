import { describe, expect, test } from 'vitest';
import {
  checked,
  exampleServer,
  MINUTE,
  NOON,
  unjudged,
  written,
} from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { notRun } from '../server/verdict.ts';
import { nextHint, nextSync, openSyncRequest, unprovedCondition } from './due.ts';
import type { AppReport } from './report.ts';

const HOUR = 60 * MINUTE;
const requesting = (value: string | undefined) =>
  exampleServer(
    {},
    {
      metadata: {
        annotations: value === undefined ? {} : { 'kpimailer.io/syncRequestedAt': value },
      },
    },
  );
const reportAfter = (handledRequest: string | undefined): AppReport => ({
  uid: 'u',
  verdict: notRun('x'),
  figures: undefined,
  handledRequest,
});

describe('a request', () => {
  test.each([
    ['is open', 'a', undefined, 'a'],
    ['is open, though another one was handled', 'a', 'b', 'a'],
    ['was handled', 'a', 'a', undefined],
    ['was taken back', undefined, 'a', undefined],
    ['was never made', undefined, undefined, undefined],
    ['may be empty', '', undefined, ''],
    ['is only as long as its echo can be', 'x'.repeat(300), undefined, 'x'.repeat(256)],
    ['of any length was handled', 'x'.repeat(300), 'x'.repeat(256), undefined],
  ])('%s', (_what, requested, handled, expected) => {
    expect(openSyncRequest(requesting(requested), reportAfter(handled))).toBe(expected);
  });
});

describe('the identity', () => {
  const server = exampleServer();
  const connected = written(server, checked(server, unjudged(server)));
  const without = (type: string): QlikServer => ({
    ...connected,
    status: {
      ...connected.status,
      conditions: connected.status?.conditions?.map((each) =>
        each.type === type ? { ...each, status: 'False' as const } : each,
      ),
    },
  });

  test('is proved while all that tells of it is True', () => {
    expect(unprovedCondition(connected)).toBeUndefined();
  });

  test.each(['Configured', 'ServerReachable', 'Authenticated', 'UserExists', 'RootAdmin'])(
    'is not without %s',
    (type) => {
      expect(unprovedCondition(without(type))).toBe(type);
    },
  );

  test.each(['VirtualProxyReady', 'CertificateValid', 'Connected', 'Ready', 'AppsSynced'])(
    'does not need %s',
    (type) => {
      expect(unprovedCondition(without(type))).toBeUndefined();
    },
  );

  test('is not that of a spec which has changed since', () => {
    const { metadata } = connected;
    expect(unprovedCondition({ ...connected, metadata: { ...metadata, generation: 2 } })).toBe('Configured');
  });

  test('is not that of a server which was never judged', () => {
    expect(unprovedCondition(exampleServer({}, { status: { observedGeneration: 1 } }))).toBe('Configured');
    expect(unprovedCondition(exampleServer())).toBe('Configured');
  });

  test('of a tenant ends with Authenticated', () => {
    const cloud = {
      tenantUrl: 'https://acme.eu.qlikcloud.com',
      clientId: 'c',
      clientSecret: { secretKeyRef: { name: 's' } },
    };
    const tenant = exampleServer({ type: 'Cloud', onPremise: undefined, cloud });
    const conditions = ['Configured', 'ServerReachable', 'Authenticated'].map((type) => ({
      type,
      status: 'True',
      reason: 'X',
      message: '',
      lastTransitionTime: '2026-05-04T12:00:00Z',
    })) as NonNullable<QlikServer['status']>['conditions'];
    expect(unprovedCondition({ ...tenant, status: { observedGeneration: 1, conditions } })).toBeUndefined();
  });
});

describe('the next sync', () => {
  test('comes in a rhythm that only the clock and the server decide', () => {
    const first = nextSync('one', HOUR, NOON);
    expect(first).toBeGreaterThanOrEqual(NOON);
    expect(first).toBeLessThan(NOON + HOUR);
    expect(nextSync('one', HOUR, first + 1)).toBe(first + HOUR);
    expect(nextSync('other', HOUR, NOON)).not.toBe(first);
  });
});

describe('the next look for a hint', () => {
  test.each([
    ['15m', 5 * MINUTE],
    ['3m', MINUTE],
    ['10s', MINUTE],
    ['24h', 8 * HOUR],
  ])('of an interval of %s is %i ms away', (interval, ms) => {
    expect(nextHint(exampleServer({ appSync: { interval } }), NOON)).toBe(NOON + ms);
  });
});
