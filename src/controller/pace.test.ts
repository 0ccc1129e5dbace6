import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pace } from './pace.ts';

/** Vitest fakes the timers that are global, not those of this module. */
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const timer = setTimeout(resolve, ms, value);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
}));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

describe('Pace', () => {
  test('lets a crowd start evenly', async () => {
    const pace = new Pace(10);
    const starts: number[] = [];
    const crowd = Array.from({ length: 25 }, async () => {
      await pace.turn(never);
      starts.push(Date.now() - 1_000_000);
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(crowd);
    expect(starts).toEqual(Array.from({ length: 25 }, (_, index) => index * 100));
  });

  test('does not save turns up for later', async () => {
    const pace = new Pace(10);
    await pace.turn(never);
    await vi.advanceTimersByTimeAsync(60_000);
    await pace.turn(never);
    const second = pace.turn(never).then(() => Date.now());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await second).toBe(1_060_100);
  });

  test('returns early, without an error, when aborted', async () => {
    const pace = new Pace(1);
    const abort = new AbortController();
    await pace.turn(abort.signal);
    const turn = pace.turn(abort.signal);
    abort.abort();
    await expect(turn).resolves.toBeUndefined();
    await expect(pace.turn(abort.signal)).resolves.toBeUndefined();
    expect(Date.now()).toBe(1_000_000);
  });
});
