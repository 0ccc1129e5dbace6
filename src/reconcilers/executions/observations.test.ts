import { expect, test } from 'vitest';
import { Observations } from './observations.ts';

test('what stays the same is seen for longer and longer', () => {
  let now = 0;
  const observations = new Observations(() => now);
  expect(observations.seen('a', 'suspended 3')).toBe(0);
  now = 4_000;
  expect(observations.seen('b', 'suspended 3')).toBe(0);
  now = 10_000;
  expect(observations.seen('a', 'suspended 3')).toBe(10_000);
  expect(observations.seen('b', 'suspended 3')).toBe(6_000);
});

test('what was another meanwhile is seen anew', () => {
  let now = 0;
  const observations = new Observations(() => now);
  observations.seen('a', 'suspended 3');
  now = 10_000;
  expect(observations.seen('a', 'suspended 5')).toBe(0);
  observations.forget('a');
  now = 20_000;
  expect(observations.seen('a', 'suspended 5')).toBe(0);
});
