import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Chart } from '../installation/chart.ts';
import type { FleetSize, FleetUsage } from '../image/fleet-in-container.ts';

/** What `make image-memory KEEP=1` has found. */
const MEASURED = JSON.parse(
  readFileSync(join(import.meta.dirname, '../image/measured.json'), 'utf8'),
) as FleetSize & FleetUsage;
/** Seconds between two checks of a server that asks for nothing else. */
const USUAL_INTERVAL = 300;

const { podTemplate, env } = await (await Chart.open()).render({});
const { requests, limits } = podTemplate.spec.containers[0].resources;

/** `192Mi` → 192. */
function mebibytes(quantity = ''): number {
  const [, number] = /^(\d+)Mi$/u.exec(quantity) ?? [];
  return Number(number);
}

/** `--max-semi-space-size=4` → 4. */
function heapFlag(name: string): number {
  return Number(new RegExp(`--${name}=(\\d+)`, 'u').exec(env['NODE_OPTIONS'] ?? '')?.[1]);
}

/** The most that V8 takes for objects: old ones, and three times a semi-space of young ones. */
const largestHeap =
  (mebibytes(limits.memory) * heapFlag('max-old-space-size-percentage')) / 100 +
  3 * heapFlag('max-semi-space-size');

test('it was measured with 1,000 servers, under the limit of the chart', () => {
  expect(MEASURED).toMatchObject({ servers: 1000, limit: mebibytes(limits.memory) });
});

test('the memory it asks for is what they take, the pages of the executable included', () => {
  expect(mebibytes(requests.memory)).toBeGreaterThanOrEqual(MEASURED.anonymous + MEASURED.program);
});

test('the heap may double, and V8 gives up before the kernel does', () => {
  expect(largestHeap).toBeGreaterThanOrEqual(2 * MEASURED.heap);
  const others = MEASURED.anonymous - MEASURED.heap;
  expect(largestHeap + others).toBeLessThanOrEqual(mebibytes(limits.memory));
});

test('the CPU it asks for is enough for these servers at their usual interval', () => {
  const { cpu, interval } = MEASURED;
  const [, millicores] = /^(\d+)m$/u.exec(requests.cpu ?? '') ?? [];
  expect(Number(millicores)).toBeGreaterThanOrEqual((cpu * interval) / USUAL_INTERVAL);
  // Handshakes come in bursts, which a limit would slow down.
  expect(limits.cpu).toBeUndefined();
});
