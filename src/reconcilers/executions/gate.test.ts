import { expect, test } from 'vitest';
import { exampleJob, exampleLedger } from '../../../test/fakes/execution-examples.ts';
import { ExampleGate, KEY } from '../../../test/fakes/example-gate.ts';
import { Store } from '../../kubernetes/store.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { Demands } from './demand.ts';
import { Gate, type GateParts } from './gate.ts';
import { Ledgers } from './ledgers.ts';
import { Rebuilds } from './rebuild.ts';
import { ExecutionReports } from './report.ts';

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
  const gate = new ExampleGate({ ledger: exampleLedger([], { formatVersion: 2 }) });
  const inAMinute = { kind: 'again', at: gate.wallClock + 60_000 };
  gate.add(exampleJob('waits'));
  expect(await gate.reconcile()).toEqual(inAMinute);
  expect(gate.reports.latest(KEY)?.isRebuilding).toBe(true);
  gate.servers.delete(KEY);
  expect(await gate.reconcile(), 'its server is gone').toEqual(inAMinute);
  expect(gate.api.log.filter((request) => !request.startsWith('GET'))).toEqual([]);
});
