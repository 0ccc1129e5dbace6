import { describe, expect, test } from 'vitest';
import { lifeSeconds, settingsOf } from './settings.ts';

describe('settingsOf', () => {
  test('an empty environment measures everything once', () => {
    const settings = settingsOf({});
    expect(settings).toMatchObject({ runs: 1, servers: 1000, interval: 60, concurrency: 50, latency: 0 });
    expect([...settings.scenarios]).toEqual(['idle', 'boot', 'steady', 'restart']);
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
      'SCENARIO must name some of idle, boot, steady, restart, separated by commas; it has "sturdy"',
    ],
    [{ BENCH_RUNS: '0' }, 'BENCH_RUNS must be a whole number from 1; the value is "0"'],
    [{ BENCH_SERVERS: '1.5' }, 'BENCH_SERVERS must be a whole number from 1; the value is "1.5"'],
    [{ BENCH_LATENCY: '5ms' }, 'BENCH_LATENCY must be a whole number from 0; the value is "5ms"'],
  ] as const)('%j is refused', ([env, message]) => {
    expect(() => settingsOf(env)).toThrow(message);
  });
});

describe('lifeSeconds', () => {
  test('four lives of all scenarios stay under 20 minutes, two of a smoke test under a minute', () => {
    expect(4 * lifeSeconds(settingsOf({}))).toBeLessThan(20 * 60);
    expect(2 * lifeSeconds(settingsOf({}, 'smoke'))).toBeLessThan(60);
  });

  test('servers are there for everything but idle', () => {
    const of = (SCENARIO: string) => lifeSeconds(settingsOf({ SCENARIO }));
    expect(of('boot') - of('idle')).toBe(100 + 10 - 20);
    expect(of('restart') - of('steady')).toBe(60 + 3);
  });
});
