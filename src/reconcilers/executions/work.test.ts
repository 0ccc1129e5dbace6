import { describe, expect, test } from 'vitest';
import {
  exampleJob,
  ADMITTED,
  COMPLETE,
  entryOf,
  exampleLedger,
} from '../../../test/fakes/execution-examples.ts';
import { ExampleGate, KEY, LEDGER_PATH } from '../../../test/fakes/example-gate.ts';
import { merged, type Json } from '../../../test/fakes/merge-patch.ts';
import { until } from '../../../test/controlplane/until.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ExecutionWatches } from './watches.ts';
import { ExecutionsWork } from './work.ts';

const SERVER = '/apis/kpimailer.io/v1alpha1/namespaces/kpi/qlikservers/finance';

/** The work of one term on what a gate of the examples has. */
function workOn({ api, servers, jobs, executions, priorityClasses, metrics, reports }: ExampleGate) {
  const stop = new AbortController();
  const rest = {
    ...api.client,
    reachability: { onBack: () => () => {}, isAway: false },
  } as unknown as RestClient;
  const watches = {
    jobs,
    executions,
    priorityClasses,
    synced: () => Promise.resolve(),
  } as unknown as ExecutionWatches;
  const log = { warn: () => {}, error: () => {}, debug: () => {} } as unknown as Log;
  const work = new ExecutionsWork(
    { signal: stop.signal, isHeld: () => !stop.signal.aborted },
    {
      rest,
      servers,
      watches,
      reports,
      onReport: () => {},
      metrics,
      log,
      instance: 'operator-0',
      namespaces: [undefined],
      ledgerNamespace: 'qlik-operator',
    },
  );
  const ended = work.run();
  const end = () => {
    stop.abort();
    return ended;
  };
  return { work, end };
}

/** By the clock of the process, unlike the other examples. */
const waiting = (name: string) =>
  exampleJob(name, { metadata: { creationTimestamp: new Date().toISOString() } });

describe('a term', () => {
  test('admits who waits, and who comes', async () => {
    const gate = new ExampleGate();
    gate.add(waiting('a'));
    const { end } = workOn(gate);
    await until('a is started', () => gate.started.includes('a'));
    gate.add(waiting('b'));
    await until('b is started', () => gate.started.includes('b'));
    await end();
    expect(gate.holders).toEqual(['a', 'b']);
  });

  test('goes by the QlikServer as it is, where the cache is behind', async () => {
    const gate = new ExampleGate({ spec: { maxParallelExecutions: 2 } });
    gate.add(waiting('a'), waiting('b'));
    gate.api.edit(SERVER, { spec: { maxParallelExecutions: 1 } });
    gate.api.edit(LEDGER_PATH, { ledger: { limit: 1, server: { generation: 2 } } });
    const { end } = workOn(gate);
    const saysSo = (name: string) => gate.job(name).metadata.annotations !== undefined;
    await until('both are told', () => saysSo('a') && saysSo('b'));
    await end();
    expect(gate.started).toEqual(['a']);
  });

  test('takes the ledger of a server away that went while nobody led', async () => {
    const gate = new ExampleGate({ ledger: exampleLedger([entryOf(exampleJob('a'))]) });
    gate.add(exampleJob('a', { ...ADMITTED, ...COMPLETE }));
    gate.api.remove(SERVER);
    gate.sync();
    const { end } = workOn(gate);
    await until('the ledger is gone', () => gate.ledger === undefined);
    await end();
    expect(gate.api.log.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });

  test('writes nothing once it is over', async () => {
    const gate = new ExampleGate();
    const { end } = workOn(gate);
    gate.api.onRequest = ({ method }) => {
      if (method === 'GET') void end();
    };
    gate.add(waiting('late'));
    await end();
    expect([gate.started, gate.holders]).toEqual([[], []]);
  });
});

test.each<[string, Json, boolean]>([
  ['its spec', { metadata: { generation: 2 } }, true],
  ['whether it is connected', { status: { conditions: [{ type: 'Connected', status: 'False' }] } }, true],
  ['that it is being deleted', { metadata: { deletionTimestamp: '2026-05-04T12:00:00Z' } }, true],
  ['no other verdicts, and no figures', { status: { executions: { running: 1 } } }, false],
])('of a QlikServer the gate wants to know %s', async (_what, change, expected) => {
  const gate = new ExampleGate();
  const { work, end } = workOn(gate);
  const isLookedAt = (key: string) => () => gate.reports.latest(key) !== undefined;
  await until('it has been looked at', isLookedAt(KEY));
  gate.reports.forget(KEY);
  const before = gate.servers.get(KEY)!;
  work.changed(KEY, before, merged(before, change) as QlikServer);
  const other = merged(before, { metadata: { name: 'other', uid: 'of-the-other' } }) as QlikServer;
  gate.servers.set(other);
  work.changed('kpi/other', undefined, other);
  await until('the other is looked at, which is behind it in the queue', isLookedAt('kpi/other'));
  await end();
  expect(isLookedAt(KEY)()).toBe(expected);
});
