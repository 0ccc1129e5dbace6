import { afterEach, expect, test, vi } from 'vitest';
import { Metrics } from './metrics.ts';

afterEach(() => {
  vi.useRealTimers();
});

const A = { namespace: 'ns', name: 'a' };
const B = { namespace: 'ns', name: 'b' };

async function series(metrics: Metrics, prefix = 'qlik_'): Promise<string[]> {
  const text = await metrics.render();
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

test('shows verdicts as numbers', async () => {
  const metrics = new Metrics();
  const checks = new Map([
    ['Authenticated', 'True'],
    ['UserExists', 'False'],
    ['RootAdmin', 'Unknown'],
  ]);
  metrics.verdicts(A, 'Unknown', checks);
  metrics.verdicts(A, 'False', checks);
  expect(await series(metrics, 'qlik_server_')).toEqual([
    'qlik_server_check{namespace="ns",name="a",check="Authenticated"} 1',
    'qlik_server_check{namespace="ns",name="a",check="UserExists"} 0',
    'qlik_server_check{namespace="ns",name="a",check="RootAdmin"} -1',
    'qlik_server_ready{namespace="ns",name="a"} 0',
  ]);
});

test('counts results and measures durations, by whether all passed', async () => {
  vi.useFakeTimers({ now: 5_000, toFake: ['Date'] });
  const metrics = new Metrics();
  metrics.checked(A, 0.2, new Map([['Authenticated', 'passed']]));
  metrics.checked(A, 3, new Map([['Authenticated', 'failed']]));
  metrics.checked(A, 3, new Map([['Authenticated', 'notRun']]));
  metrics.checked(A, 0.2, new Map([['Authenticated', 'kept']]));
  const lines = await series(metrics);
  expect(lines).toContain('qlik_check_duration_seconds_count{result="passed"} 2');
  expect(lines).toContain('qlik_check_duration_seconds_count{result="failed"} 2');
  expect(lines).toContain('qlik_check_duration_seconds_bucket{le="0.25",result="passed"} 2');
  for (const result of ['passed', 'failed', 'notRun', 'kept'])
    expect(lines).toContain(`qlik_check_results_total{check="Authenticated",result="${result}"} 1`);
  expect(lines).toContain('qlik_server_last_check_timestamp_seconds{namespace="ns",name="a"} 5');
});

test('keeps no series of a server that is forgotten, and those of others', async () => {
  const metrics = new Metrics();
  const checks = new Map([
    ['Authenticated', 'True'],
    ['UserExists', 'True'],
  ]);
  for (const server of [A, B]) {
    metrics.verdicts(server, 'True', checks);
    metrics.checked(server, 1, new Map([['Authenticated', 'passed']]));
  }
  metrics.forget(A, checks.keys());
  const lines = await series(metrics);
  expect(lines.filter((line) => line.includes('name="a"'))).toEqual([]);
  expect(lines.filter((line) => line.includes('name="b"'))).toHaveLength(4);
  metrics.forget(A, checks.keys());
});

test('reads an observed number whenever the metrics are read, and has those of the process', async () => {
  const metrics = new Metrics();
  let length = 3;
  metrics.observe('qlik_queue_length', 'Length.', () => length);
  expect(await series(metrics, 'qlik_queue')).toEqual(['qlik_queue_length 3']);
  length = 0;
  expect(await series(metrics, 'qlik_queue')).toEqual(['qlik_queue_length 0']);
  expect(await series(metrics, 'process_resident_memory_bytes ')).toHaveLength(1);
  expect(metrics.contentType).toContain('text/plain');
});

test('counts reconciles by their end, and the statuses that were written', async () => {
  const metrics = new Metrics();
  metrics.reconciled('success');
  metrics.reconciled('success');
  metrics.reconciled('error');
  metrics.statusWritten();
  expect(await series(metrics, 'qlik_reconciles_total')).toEqual([
    'qlik_reconciles_total{result="success"} 2',
    'qlik_reconciles_total{result="error"} 1',
  ]);
  expect(await series(metrics, 'qlik_status_writes_total')).toEqual(['qlik_status_writes_total 1']);
});
