import { describe, expect, test } from 'vitest';
import { exampleServer, NOON } from '../../../test/integration/server/examples.ts';
import type { Condition } from '../../api/conditions.ts';
import { AppReports, appsVerdict, figuresAfter, type AppReport } from './report.ts';

const FIGURES = { lastTime: '2026-05-04T11:00:00Z', apps: 3, added: 3, changed: 0, removed: 0 };
const condition = (reason: Condition['reason']): Condition => ({
  type: 'AppsSynced',
  status: 'Unknown',
  reason,
  message: 'as it was',
  lastTransitionTime: '2026-05-04T11:00:00Z',
});
const serverThatSaid = (reason: Condition['reason']) =>
  exampleServer(
    {},
    { status: { conditions: [condition(reason)], appSync: FIGURES, lastHandledSyncAt: 'now' } },
  );
const { metadata } = exampleServer();
const REPORT: AppReport = {
  uid: metadata.uid,
  verdict: { status: 'True', reason: 'AppsSynced', message: 'fine' },
  figures: FIGURES,
  handledRequest: 'now',
};

describe('the report of a server', () => {
  test('is, after a restart, what its status says', () => {
    expect(new AppReports().of(serverThatSaid('SuspiciousListing'))).toEqual({
      uid: metadata.uid,
      verdict: { status: 'Unknown', reason: 'SuspiciousListing', message: 'as it was' },
      figures: FIGURES,
      handledRequest: 'now',
    });
  });

  test.each([
    ['that was never synced', exampleServer()],
    ['whose apps were not synced by wish', serverThatSaid('AppSyncDisabled')],
  ])('of one %s says that this is still to come', (_what, server) => {
    const { verdict } = new AppReports().of(server);
    expect(verdict).toEqual({
      status: 'Unknown',
      reason: 'NotRun',
      message: 'not run, as the apps have not been synced yet',
    });
  });

  test('is the last one told, of this very server', () => {
    const reports = new AppReports();
    reports.set('kpi/finance', REPORT);
    expect(reports.of(serverThatSaid('NotRun'))).toBe(REPORT);
    const namesake = exampleServer({}, { metadata: { uid: 'another' } });
    expect(reports.of(namesake)).toMatchObject({ uid: 'another', figures: undefined });
    reports.forget('kpi/finance');
    expect([reports.size, reports.of(exampleServer()).figures]).toEqual([0, undefined]);
  });
});

test('what AppsSynced says is said only while apps are wanted', () => {
  expect(appsVerdict(exampleServer(), REPORT)).toBe(REPORT.verdict);
  expect(appsVerdict(exampleServer({ appSync: { enabled: false } }), REPORT)).toMatchObject({
    status: 'Unknown',
    reason: 'AppSyncDisabled',
  });
});

describe('the figures', () => {
  const sync = { startedAt: NOON, duration: 1500, complete: true, apps: 4 };
  const times = {
    lastTime: '2026-05-04T12:00:00Z',
    lastAttemptTime: '2026-05-04T12:00:00Z',
    duration: '1s500ms',
  };

  test.each<[string, Parameters<typeof figuresAfter>[1], ReturnType<typeof figuresAfter>]>([
    [
      'of a complete sync are its own',
      { ...sync, added: 1, changed: 2, removed: 3 },
      { ...times, apps: 4, added: 1, changed: 2, removed: 3 },
    ],
    [
      'of one that changed nothing leave standing what the last one changed',
      { ...sync, added: 0, changed: 0, removed: 0 },
      { ...FIGURES, ...times, apps: 4 },
    ],
    [
      'of an incomplete one say how old the list is',
      { ...sync, complete: false, added: 1, changed: 0, removed: 0 },
      { ...FIGURES, lastAttemptTime: times.lastAttemptTime, apps: 4, added: 1 },
    ],
    [
      'of one that failed keep the number of apps',
      { startedAt: NOON, duration: 1500, complete: false },
      { ...FIGURES, lastAttemptTime: times.lastAttemptTime },
    ],
  ])('%s', (_what, finished, expected) => {
    expect(figuresAfter(FIGURES, finished)).toEqual(expected);
  });
});
