import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { podHeap } from './pod-heap.ts';

test('a percentage becomes what it is of the limit of the pod, and Node takes it', () => {
  const options = podHeap('--max-old-space-size-percentage=60 --max-semi-space-size=4', '256Mi');
  expect(options).toBe('--max-old-space-size=153 --max-semi-space-size=4');
  const program = 'process.stdout.write(`${require("v8").getHeapStatistics().heap_size_limit}`)';
  const env = { PATH: process.env['PATH'], NODE_OPTIONS: options };
  const limit = Number(execFileSync(process.execPath, ['--eval', program], { env, encoding: 'utf8' }));
  // With the room for young objects.
  expect(limit / 1024 ** 2).toBeGreaterThanOrEqual(153);
  expect(limit / 1024 ** 2).toBeLessThan(153 + 3 * 4 + 1);
});

test.for([
  ['--max-semi-space-size=4', '256Mi'],
  ['--max-old-space-size-percentage=60', '1Gi'],
] as const)('%s with a limit of %s is refused: the heap would be that of the machine', ([options, limit]) => {
  expect(() => podHeap(options, limit)).toThrow('do not say how large the heap of a pod may become');
});
