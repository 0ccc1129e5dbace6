import { expect, test } from 'vitest';
import { healthReport } from './health.ts';

test('names each check, and is healthy when all are', () => {
  const report = healthReport({ watch: () => undefined, schedule: () => undefined });
  expect(report).toEqual({ status: 200, body: '[+]watch ok\n[+]schedule ok\nok\n' });
});

test('says which check fails and why', () => {
  const report = healthReport({ watch: () => undefined, schedule: () => '200 s' });
  expect(report).toEqual({ status: 503, body: '[+]watch ok\n[-]schedule failed: 200 s\nfailed\n' });
});
