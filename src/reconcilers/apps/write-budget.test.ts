import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../kubernetes/api-error.ts';
import { WriteBudget } from './write-budget.ts';

vi.mock('node:timers/promises', () => import('../../../test/fakes/timers-promises.ts'));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();

/** Asks for so many writes at once; tells when each began, in milliseconds from now. */
function begun(budget: WriteBudget, count: number): number[] {
  const from = Date.now();
  const times: number[] = [];
  const work = () => Promise.resolve(times.push(Date.now() - from));
  for (let index = 0; index < count; index += 1) void budget.write(work, { signal });
  return times;
}

describe('writes', () => {
  test.each([1, 5, 7, 50, 333])('are at most %i a second, and no fewer', async (perSecond) => {
    const times = begun(new WriteBudget(perSecond), 5 * perSecond);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(times.length).toBe(5 * perSecond);
    // A step more may begin at the very edges of a second.
    const step = Math.max(1, Math.round(perSecond / 10));
    for (const start of times) {
      const within = times.filter((time) => time >= start && time < start + 1000).length;
      expect(within).toBeLessThanOrEqual(perSecond + step);
    }
    expect(times.at(-1)).toBeGreaterThan(3_900);
    expect(times.at(-1)).toBeLessThan(5_200);
  });

  test('are at most eight at a time', async () => {
    const budget = new WriteBudget(1000);
    const ends: (() => void)[] = [];
    const writes = Array.from({ length: 20 }, () =>
      budget.write(() => new Promise<void>((resolve) => ends.push(resolve)), { signal }),
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect([ends.length, budget.length]).toEqual([8, 12]);
    while (ends.length > 0) {
      ends.shift()?.();
      await vi.advanceTimersByTimeAsync(100);
    }
    await Promise.all(writes);
    expect(budget.length).toBe(0);
  });

  test('that a person waits for go first', async () => {
    const budget = new WriteBudget(10);
    const order: string[] = [];
    const write = (name: string, urgent: boolean) =>
      void budget.write(() => Promise.resolve(order.push(name)), { signal, urgent });
    for (const name of ['a', 'b', 'c']) write(name, false);
    for (const name of ['A', 'B']) write(name, true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual(['a', 'A', 'B', 'b', 'c']);
  });
});

describe('an API server that asks for patience', () => {
  const refusing = (times: number, retryAfter?: number) => {
    let asked = 0;
    const work = () => {
      asked += 1;
      return asked > times
        ? Promise.resolve(asked)
        : Promise.reject(new ApiError(429, '', 'later', retryAfter));
    };
    return work;
  };

  test.each([
    [undefined, 1_000],
    [3_000, 3_000],
    [300_000, 30_000],
  ])('for %s ms is asked again after %i ms', async (retryAfter, ms) => {
    const done = vi.fn<(asked: number) => void>();
    void new WriteBudget(50).write(refusing(1, retryAfter), { signal }).then(done);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalledWith(2);
  });

  test('is asked five times', async () => {
    const budget = new WriteBudget(50);
    const fifth = budget.write(refusing(4), { signal });
    const never = budget.write(refusing(5), { signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await fifth).toBe(5);
    expect(await never).toMatchObject({ code: 429 });
  });

  test('is left alone once the work is given up', async () => {
    const abort = new AbortController();
    const work = vi.fn<() => Promise<number>>(refusing(4));
    const write = new WriteBudget(50).write(work, { signal: abort.signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(500);
    const reason = new Error('superseded');
    abort.abort(reason);
    expect(await write).toBe(reason);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

test.each([400, 403, 409, 422, 500])('an answer of %i is final', async (code) => {
  const work = vi.fn<() => Promise<never>>(() => Promise.reject(new ApiError(code, '', 'no')));
  const write = new WriteBudget(50).write(work, { signal });
  await expect(write).rejects.toMatchObject({ code });
  expect(work).toHaveBeenCalledTimes(1);
});

describe('when the work is given up', () => {
  test('what waits is not begun', async () => {
    const budget = new WriteBudget(1);
    const abort = new AbortController();
    const work = vi.fn<() => Promise<number>>(() => Promise.resolve(1));
    const writes = [1, 2, 3].map(() => budget.write(work, { signal: abort.signal }));
    const settled = Promise.allSettled(writes);
    await vi.advanceTimersByTimeAsync(10);
    abort.abort();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([work.mock.calls.length, budget.length]).toEqual([1, 0]);
  });

  test('what is under way comes to its end before anything else begins', async () => {
    const budget = new WriteBudget(50);
    const abort = new AbortController();
    const running = Promise.withResolvers<string>();
    const settled = vi.fn<() => void>();
    const write = budget.write(() => running.promise, { signal: abort.signal }).finally(settled);
    await vi.advanceTimersByTimeAsync(10);
    abort.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(settled).not.toHaveBeenCalled();
    running.resolve('written');
    expect(await write).toBe('written');
  });
});
