import { describe, expect, test } from 'vitest';
import { lifeSeconds, runSeconds, settingsOf } from './settings.ts';

describe('settingsOf', () => {
  test('an empty environment measures everything once', () => {
    const settings = settingsOf({});
    expect(settings).toMatchObject({ runs: 1, servers: 1000, interval: 60, concurrency: 50, latency: 0 });
    expect(settings.apps).toBe(20_000);
    expect([...settings.scenarios]).toEqual(['idle', 'boot', 'steady', 'restart', 'catalogue', 'gate']);
  });

  test('scenarios are separated by commas', () => {
    expect([...settingsOf({ SCENARIO: 'steady, idle' }).scenarios]).toEqual(['steady', 'idle']);
  });

  test('a smoke test is smaller, and can still be told more', () => {
    const settings = settingsOf({ BENCH_SERVERS: '7' }, 'smoke');
    expect(settings).toMatchObject({ servers: 7, interval: 5, concurrency: 50 });
    expect([...settings.scenarios]).toEqual(['boot', 'steady', 'restart']);
  });

  test.for([
    [
      { SCENARIO: 'boot,sturdy' },
      'SCENARIO must name some of idle, boot, steady, restart, catalogue, gate, separated by commas; it has "sturdy"',
    ],
    [{ BENCH_RUNS: '0' }, 'BENCH_RUNS must be a whole number from 1; the value is "0"'],
    [{ BENCH_SERVERS: '1.5' }, 'BENCH_SERVERS must be a whole number from 1; the value is "1.5"'],
    [{ BENCH_APPS: '0' }, 'BENCH_APPS must be a whole number from 1; the value is "0"'],
    [{ BENCH_LATENCY: '5ms' }, 'BENCH_LATENCY must be a whole number from 0; the value is "5ms"'],
  ] as const)('%j is refused', ([env, message]) => {
    expect(() => settingsOf(env)).toThrow(message);
  });
});

describe('lifeSeconds', () => {
  test('a life of all scenarios stays under 5 minutes, two of a smoke test under a minute', () => {
    expect(lifeSeconds(settingsOf({}))).toBeLessThan(5 * 60);
    expect(2 * lifeSeconds(settingsOf({}, 'smoke'))).toBeLessThan(60);
  });

  test('servers are there for everything but idle', () => {
    const of = (SCENARIO: string) => lifeSeconds(settingsOf({ SCENARIO }));
    expect(of('boot') - of('idle')).toBe(100 + 10 - 20);
    expect(of('restart') - of('steady')).toBe(60 + 3);
  });
});

describe('runSeconds', () => {
  test('all scenarios stay under 25 minutes', () => {
    expect(runSeconds(settingsOf({}))).toBeLessThan(25 * 60);
  });

  test('the catalogue takes its time once a run, and alone needs no lives of operator and peer', () => {
    const of = (SCENARIO: string, BENCH_APPS: string) => runSeconds(settingsOf({ SCENARIO, BENCH_APPS }));
    expect(of('idle,catalogue', '600') - of('idle', '600')).toBe(of('catalogue', '600'));
    expect(of('catalogue', '6600') - of('catalogue', '600')).toBe(40);
  });

  test('the gate takes longer with more Jobs', () => {
    const of = (BENCH_JOBS: string) => runSeconds(settingsOf({ SCENARIO: 'gate', BENCH_JOBS }));
    expect(of('1200') - of('600')).toBe(10);
  });
});
