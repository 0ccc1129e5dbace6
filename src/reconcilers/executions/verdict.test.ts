import { expect, test } from 'vitest';
import { exampleServer, MINUTE, NOON } from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { ExecutionReport } from './report.ts';
import { executionsVerdict } from './verdict.ts';

const CLOUD = {
  type: 'Cloud',
  onPremise: undefined,
  cloud: {
    tenantUrl: 'https://acme.eu.qlikcloud.com',
    clientId: 'client',
    clientSecret: { secretKeyRef: { name: 'oauth', key: 'clientSecret' } },
  },
};
const FULL = { running: 4, queued: 1, oldestQueuedSince: NOON - 15 * MINUTE };
const conditions = (...all: readonly [string, string, string?][]) =>
  all.map(([type, status, reason = 'Reason']) => ({ type, status, reason }));
const WELL = conditions(['Connected', 'True']);
const EXHAUSTED = conditions(['Connected', 'True'], ['VirtualProxyReady', 'False', 'SessionsExhausted']);

interface Situation {
  readonly report?: Partial<ExecutionReport>;
  readonly spec?: object;
  readonly conditions?: readonly object[];
  readonly sharedWith?: readonly string[];
}

test.each<[string, Situation, string]>([
  ['nothing runs', {}, 'True/WithinLimit'],
  [
    'the ledger is rebuilt, whatever else',
    { report: { isRebuilding: true, running: 9 } },
    'Unknown/LedgerRebuilding',
  ],
  ['more runs than the limit', { report: { running: 5 }, sharedWith: ['kpi/other'] }, 'False/OverLimit'],
  ['another QlikServer has the same user', { sharedWith: ['kpi/other'] }, 'True/SharedIdentity'],
  ['the limit is the sessions of an account', { report: { limit: 5 } }, 'True/WithinLimit'],
  ['the limit is more than the sessions of an account', { report: { limit: 6 } }, 'True/AboveSessionLimit'],
  ['a tenant has such a limit', { report: { limit: 6 }, spec: CLOUD }, 'True/WithinLimit'],
  ['executions have waited for 15 minutes', { report: FULL }, 'True/Saturated'],
  [
    'they have waited for less',
    { report: { ...FULL, oldestQueuedSince: NOON - 15 * MINUTE + 1 } },
    'True/WithinLimit',
  ],
  ['they wait though there is room', { report: { ...FULL, running: 3 } }, 'True/WithinLimit'],
  ['they wait as Qlik is not well', { report: FULL, conditions: [] }, 'True/WithinLimit'],
  [
    'Qlik has no session left',
    { report: { ...FULL, oldestQueuedSince: NOON }, conditions: EXHAUSTED },
    'True/QlikSlow',
  ],
  [
    'Qlik has no session left, and nobody waits',
    { report: { running: 4 }, conditions: EXHAUSTED },
    'True/WithinLimit',
  ],
])('when %s', (_when, situation, expected) => {
  const report = {
    uid: 'u',
    limit: 4,
    running: 0,
    queued: 0,
    oldestQueuedSince: undefined,
    isRebuilding: false,
    ...situation.report,
  };
  const status = { observedGeneration: 1, conditions: situation.conditions ?? WELL } as QlikServer['status'];
  const server = exampleServer({ ...situation.spec }, { status });
  const verdict = executionsVerdict(server, report, { now: NOON, sharedWith: situation.sharedWith ?? [] });
  expect(`${verdict.status}/${verdict.reason}`).toBe(expected);
});
