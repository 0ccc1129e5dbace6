import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Loop, type LoopOptions, type Result } from './loop.ts';
import { WorkQueue } from './queue.ts';
import { Schedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

const SETTLED: Result = { kind: 'settled' };

function loopOf(reconcile: LoopOptions['reconcile'], workers = 2) {
  const queue = new WorkQueue();
  const schedule = new Schedule((key) => queue.add(key));
  const onError = vi.fn<(key: string, error: unknown) => void>();
  const loop = new Loop({ queue, schedule, workers, reconcile, onError });
  loop.start();
  return { queue, schedule, onError, loop };
}

/** Lets what is ready run, without letting time pass. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('Loop', () => {
  test('works on different keys at once, up to its number of workers, and on one key by one worker', async () => {
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const { queue } = loopOf((key) => {
      running.push(key);
      return new Promise((resolve) => ends.set(key, () => resolve(SETTLED)));
    });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settle();
    queue.add('a');
    await settle();
    expect(running).toEqual(['a', 'b']);
    ends.get('b')?.();
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
    ends.get('c')?.();
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
    ends.get('a')?.();
    await settle();
    expect(running).toEqual(['a', 'b', 'c', 'a']);
  });

  test('one that has released its worker is not begun again before it has ended', async () => {
    const started: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Result>();
    const { queue, schedule } = loopOf((key, _signal, release) => {
      started.push(key);
      release();
      return key === 'a' ? promise : Promise.resolve(SETTLED);
    }, 1);
    for (const key of ['a', 'b', 'a']) queue.add(key);
    await settle();
    queue.add('a');
    await settle();
    expect(started).toEqual(['a', 'b']);
    resolve({ kind: 'again', at: 1_005_000 });
    await settle();
    expect(started).toEqual(['a', 'b', 'a']);
    expect(schedule.get('a')).toBe(1_005_000);
  });

  test('reconciles again at the time that was asked for', async () => {
    const reconcile = vi
      .fn<() => Promise<Result>>()
      .mockResolvedValueOnce({ kind: 'again', at: 1_005_000 })
      .mockResolvedValue(SETTLED);
    const { queue } = loopOf(reconcile);
    queue.add('a');
    await vi.advanceTimersByTimeAsync(4_999);
    expect(reconcile).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(reconcile).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(reconcile).toHaveBeenCalledTimes(2);
  });

  test('forgets the planned time of a key that has settled meanwhile', async () => {
    const reconcile = vi
      .fn<() => Promise<Result>>()
      .mockResolvedValueOnce({ kind: 'again', at: 1_005_000 })
      .mockResolvedValue(SETTLED);
    const { queue, schedule } = loopOf(reconcile);
    queue.add('a');
    await settle();
    expect(schedule.get('a')).toBe(1_005_000);
    queue.add('a');
    await settle();
    expect(schedule.size).toBe(0);
  });

  test('retries after errors, ever more slowly, and from the start again after a success', async () => {
    const outcomes = Array.from({ length: 10 }, () => () => Promise.reject<Result>(new Error('unexpected')));
    const times: number[] = [];
    const { queue, onError } = loopOf(() => {
      times.push(Date.now());
      return (outcomes.shift() ?? (() => Promise.resolve(SETTLED)))();
    });
    queue.add('a');
    await vi.advanceTimersByTimeAsync(3_600_000);
    const waits = times.slice(1).map((time, index) => time - times[index]!);
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(onError).toHaveBeenCalledTimes(10);
    expect(onError).toHaveBeenLastCalledWith('a', new Error('unexpected'));

    outcomes.push(() => Promise.reject(new Error('anew')));
    const before = times.length;
    queue.add('a');
    await vi.advanceTimersByTimeAsync(499);
    expect(times).toHaveLength(before + 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(times).toHaveLength(before + 2);
  });

  test('stop waits for what is running, tells it to end and starts nothing more', async () => {
    const { promise, resolve } = Promise.withResolvers<Result>();
    const started: string[] = [];
    let told: AbortSignal | undefined;
    const { queue, schedule, loop } = loopOf((key, signal) => {
      started.push(key);
      told = signal;
      return promise;
    }, 1);
    queue.add('running');
    queue.add('queued');
    schedule.set('planned', 9_000_000);
    await settle();
    const stopped = vi.fn<() => void>();
    const stopping = loop.stop().then(stopped);
    queue.add('late');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told?.aborted).toBe(true);
    expect(stopped).not.toHaveBeenCalled();
    resolve({ kind: 'again', at: 9_000_000 });
    await stopping;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started).toEqual(['running']);
    expect([schedule.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('stop waits for what has released its worker as well', async () => {
    const { promise, resolve } = Promise.withResolvers<Result>();
    const { queue, loop } = loopOf((_key, _signal, release) => {
      release();
      return promise;
    });
    queue.add('a');
    await settle();
    const stopped = vi.fn<() => void>();
    const stopping = loop.stop().then(stopped);
    await settle();
    expect(stopped).not.toHaveBeenCalled();
    resolve(SETTLED);
    await stopping;
  });

  test('stop does not report what fails because of it', async () => {
    const { queue, loop, onError, schedule } = loopOf(
      (_key, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    queue.add('a');
    await settle();
    await loop.stop();
    expect(onError).not.toHaveBeenCalled();
    expect(schedule.size).toBe(0);
  });
});
