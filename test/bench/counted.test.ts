import { describe, expect, test } from 'vitest';
import { assertComparable, countedSince, parseCounted } from './counted.ts';

const OPERATOR = `
# TYPE qlik_check_duration_seconds histogram
qlik_check_duration_seconds_bucket{le="+Inf",result="passed"} 40
qlik_check_duration_seconds_sum{result="passed"} 1.25
qlik_check_duration_seconds_count{result="passed"} 40
qlik_check_duration_seconds_sum{result="failed"} 60
qlik_check_duration_seconds_count{result="failed"} 2
# TYPE qlik_reconciles_total counter
qlik_reconciles_total{result="success"} 50
qlik_reconciles_total{result="error"} 3
qlik_status_writes_total 9
`;

const PEER = `
qlik_check_duration_seconds_sum{result="passed"} 1.5e-05
qlik_check_duration_seconds_count{result="passed"} 1
controller_runtime_reconcile_total{controller="qlikserver",result="error"} 0
controller_runtime_reconcile_total{controller="qlikserver",result="requeue_after"} 1.2e+06
controller_runtime_reconcile_total{controller="qlikserver",result="success"} 5
controller_runtime_reconcile_errors_total{controller="qlikserver"} 70
`;

test('reconciles are counted whatever came of them, checks by whether they passed', () => {
  expect(parseCounted(OPERATOR, 'qlik_reconciles_total')).toEqual({
    passed: 40,
    failed: 2,
    checking: 1.25,
    reconciles: 53,
  });
});

test("controller-runtime's own counter is read, large numbers included, and no other that begins like it", () => {
  expect(parseCounted(PEER, 'controller_runtime_reconcile_total')).toEqual({
    passed: 1,
    failed: 0,
    checking: 0.000015,
    reconciles: 1_200_005,
  });
});

test('nothing has happened before a series is there', () => {
  expect(parseCounted('# TYPE qlik_reconciles_total counter\n', 'qlik_reconciles_total')).toEqual({
    passed: 0,
    failed: 0,
    checking: 0,
    reconciles: 0,
  });
});

test('what was counted before does not count', () => {
  const before = { passed: 1, failed: 2, checking: 3, reconciles: 4 };
  const after = { passed: 11, failed: 22, checking: 33, reconciles: 44 };
  expect(countedSince(before, after)).toEqual({ passed: 10, failed: 20, checking: 30, reconciles: 40 });
});

describe('assertComparable', () => {
  const nothing = { passed: 0, failed: 0, checking: 0, reconciles: 0 };

  test('checks that passed are, and so is nothing at all', () => {
    expect(() => assertComparable('peer', nothing)).not.toThrow();
    expect(() => assertComparable('peer', { ...nothing, passed: 2, reconciles: 2 })).not.toThrow();
  });

  test.for([
    ['a check failed', { passed: 2, failed: 1, reconciles: 3 }, '1 of 3 checks of the peer failed'],
    ['reconciles have another counter', { passed: 2 }, 'none of its reconciles was counted'],
  ] as const)('refuses when %s', ([, counted, why]) => {
    expect(() => assertComparable('peer', { ...nothing, ...counted })).toThrow(why);
  });
});
