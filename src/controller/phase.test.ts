import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jittered, nextInstant } from './phase.ts';

const uid = fc.uuid();
const interval = fc.integer({ min: 1, max: 86_400_000 });
const now = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe('nextInstant', () => {
  test('is the first instant of one rhythm at or after now', () => {
    fc.assert(
      fc.property(uid, interval, now, now, (uid, interval, now, other) => {
        const next = nextInstant(uid, interval, now);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next).toBeLessThan(now + interval);
        expect(nextInstant(uid, interval, other) % interval).toBe(next % interval);
        expect(nextInstant(uid, interval, next)).toBe(next);
        expect(nextInstant(uid, interval, next + 1)).toBe(next + interval);
      }),
    );
  });

  test('spreads a thousand objects evenly', () => {
    const interval = 60_000;
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 1000; index += 1) {
      const phase = nextInstant(randomUUID(), interval, 0);
      buckets[Math.floor(phase / (interval / 10))]! += 1;
    }
    // Chance alone leaves these bounds (6 standard deviations) once in a hundred million runs.
    expect(Math.min(...buckets)).toBeGreaterThan(100 - 57);
    expect(Math.max(...buckets)).toBeLessThan(100 + 57);
  });
});

test.each([
  [0, 800],
  [0.5, 1000],
  [1, 1200],
])('jittered with the random number %d makes %i of 1000 ms', (random, expected) => {
  expect(jittered(1000, random)).toBe(expected);
});
