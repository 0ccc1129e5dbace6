import { expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { useLab } from './lab.ts';
import { CloudWorld } from './cloud-world.ts';
import { World } from './world.ts';

const CONCURRENCY = 4;
const lab = useLab({ values: { concurrency: CONCURRENCY } });

const OFTEN = { interval: '1s', retryInterval: '1s', timeout: '5s' };

test('more servers that hang than checks in flight delay nobody else', async () => {
  await using clock = await World.withServer(lab(), { wishes: { checks: OFTEN } });
  const { metadata } = await clock.seeReady('True', 'ChecksPassed');
  await using hanging = await CloudWorld.create(lab(), { faults: { hang: true } });
  const names = Array.from({ length: CONCURRENCY + 2 }, (_each, number) => `hanging-${number}`);
  for (const name of names) await hanging.createServer({ checks: OFTEN }, name);
  // Only what has once timed out is known to.
  for (const name of names) await hanging.seeReady('False', 'ResponseTimeout', name);
  const from = Date.now();
  const { namespace } = hanging;
  const checks = () => names.map((name) => lab().operator.checksOf({ namespace, name }));
  const before = checks();
  await until('each hangs again', () => checks().every((count, index) => count > (before[index] ?? 0)), {
    everyMs: 500,
  });
  const times = lab()
    .operator.checkLines(metadata)
    .map(({ time = '' }) => Date.parse(time));
  const gaps = times.map((time, index) => time - (times[index - 1] ?? time));
  expect(Math.max(...gaps.filter((_gap, index) => (times[index] ?? 0) > from))).toBeLessThan(2_500);
});
