import { expect, test } from 'vitest';
import type { QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { Store } from '../../kubernetes/store.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { Demands } from './demand.ts';
import { Gate, type GateParts } from './gate.ts';
import { Ledgers } from './ledgers.ts';
import type { AllowedNamespaces } from './namespaces.ts';
import { Rebuilds } from './rebuild.ts';
import { ExecutionReports } from './report.ts';
import type { Rules } from './standing.ts';

/** Something of which only this is used. */
function stub<T>(used: Partial<T>): T {
  return used as T;
}

test('what was measured of a server goes with it, though it was measured last by the gate', async () => {
  const metrics = new Metrics();
  const gate = new Gate(
    stub<GateParts>({
      servers: new Store(),
      ledgers: new Ledgers(stub({}), 'qlik-operator'),
      demands: new Demands({ jobs: new Store(), executions: new Store(), priorityOf: () => 0 }),
      rebuilds: new Rebuilds(stub({})),
      reports: new ExecutionReports(),
      metrics,
      wallClock: () => 0,
    }),
  );
  const series = async () => (await metrics.render()).match(/^qlik_server_executions\{.*$/gmu) ?? [];
  const figures = { limit: 4, running: 1, queued: 0 };
  metrics.executions({ namespace: 'kpi', name: 'gone' }, figures);
  metrics.executions({ namespace: 'kpi', name: 'other' }, figures);
  await gate.reconcile('kpi/gone');
  expect(await series()).toEqual([
    'qlik_server_executions{namespace="kpi",name="other",state="limit"} 4',
    'qlik_server_executions{namespace="kpi",name="other",state="running"} 1',
    'qlik_server_executions{namespace="kpi",name="other",state="queued"} 0',
  ]);
});

test('a ledger of a newer operator is neither changed nor removed, and nothing is admitted', async () => {
  const requests: string[] = [];
  const ledger = stub<QlikExecutionLedger>({
    metadata: { uid: 'l', name: 'kpi.finance', namespace: 'qlik-operator', resourceVersion: '1' },
    ledger: { formatVersion: 2, readyUid: 'l', limit: 4, entries: [] },
  });
  const rest = stub<ApiClient>({
    request: async <T>({ method }: { method: string }) => {
      requests.push(method);
      return (method === 'GET' ? ledger : {}) as T;
    },
  });
  const ledgers = new Ledgers(rest, 'qlik-operator');
  await ledgers.read('kpi/finance');
  const servers = new Store<QlikServer>();
  const told: string[] = [];
  const reports = new ExecutionReports();
  const server = stub<QlikServer>({
    metadata: { uid: 's', name: 'finance', namespace: 'kpi', generation: 1, resourceVersion: '1' },
    spec: stub<QlikServer['spec']>({ maxParallelExecutions: 4 }),
  });
  const gate = new Gate(
    stub<GateParts>({
      servers,
      ledgers,
      demands: new Demands({ jobs: new Store(), executions: new Store(), priorityOf: () => 0 }),
      rebuilds: new Rebuilds(stub({})),
      namespaces: stub<AllowedNamespaces>({ rulesOf: () => Promise.resolve(stub<Rules>({})) }),
      reports,
      metrics: new Metrics(),
      onReport: (key) => told.push(key),
      wallClock: () => 0,
    }),
  );
  const inAMinute = { kind: 'again', at: 60_000 };
  expect(await gate.reconcile('kpi/finance'), 'its server is gone').toEqual(inAMinute);
  servers.set(server);
  expect(await gate.reconcile('kpi/finance')).toEqual(inAMinute);
  expect(requests).toEqual(['GET']);
  expect(told).toEqual(['kpi/finance']);
  expect(reports.latest('kpi/finance')?.isRebuilding).toBe(true);
});
