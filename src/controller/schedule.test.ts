import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Schedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { readonly do: 'set'; readonly key: string; readonly in: number }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'wait'; readonly ms: number };

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');

function steps(): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({ do: fc.constant('set' as const), key, in: fc.integer({ min: -50, max: 300 }) }),
      fc.record({ do: fc.constant('delete' as const), key }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 200 }) }),
    ),
    { maxLength: 60 },
  );
}

/** Takes from a plain map what is due, earliest first; keys due at the same time in no order. */
function takeDue(times: Map<string, number>, now: number): [string, number][] {
  const due = [...times].filter(([, at]) => at <= now);
  for (const [key] of due) times.delete(key);
  return due;
}

const byTimeThenKey = (a: [string, number], b: [string, number]): number =>
  a[1] - b[1] || a[0].localeCompare(b[0]);

function expectDue(due: [string, number][], expected: [string, number][]): void {
  const times = due.map(([, at]) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(due.sort(byTimeThenKey)).toEqual(expected.sort(byTimeThenKey));
}

describe('Schedule', () => {
  test('does what a plain map looked through at every instant does', () => {
    fc.assert(
      fc.property(steps(), (steps) => {
        vi.setSystemTime(1_000_000);
        const model = new Map<string, number>();
        const due: [string, number][] = [];
        const schedule = new Schedule((key) => due.push([key, model.get(key) ?? Number.NaN]));
        for (const step of steps) {
          if (step.do === 'set') {
            const at = Date.now() + step.in;
            schedule.set(step.key, at);
            model.set(step.key, at);
          } else if (step.do === 'delete') {
            schedule.delete(step.key);
            model.delete(step.key);
          } else {
            vi.advanceTimersByTime(step.ms);
            expectDue(due.splice(0), takeDue(model, Date.now()));
          }
          expect(schedule.size).toBe(model.size);
          for (const [key, at] of model) expect(schedule.get(key)).toBe(at);
          expect(schedule.lag).toBe(Math.max(0, ...[...model.values()].map((at) => Date.now() - at)));
        }
        schedule.stop();
      }),
      { numRuns: 300 },
    );
  });

  test('gives many keys in the order of their times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 }), (waits) => {
        const now = Date.now();
        const due: number[] = [];
        const schedule = new Schedule((key) => due.push(waits[Number(key)]!));
        for (const [index, wait] of waits.entries()) schedule.set(String(index), now + wait);
        vi.advanceTimersByTime(100_000);
        expect(due).toEqual([...waits].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  test('keeps one timer and a bounded heap over ten thousand resets', () => {
    const schedule = new Schedule(() => {});
    let longest = 0;
    // The heap is private: what is pushed onto it tells how long it is.
    const arrays: unknown[] = Array.prototype;
    const { push } = arrays;
    schedule.set('first', Date.now() + 1); // Below it, entries that are stale pile up.
    Object.defineProperty(arrays, 'push', {
      configurable: true,
      writable: true,
      value(this: unknown[], ...items: unknown[]): number {
        const length = Reflect.apply(push, this, items);
        if (typeof items[0] === 'object' && items[0] !== null && 'at' in items[0])
          longest = Math.max(longest, length);
        return length;
      },
    });
    try {
      for (let round = 0; round < 10_000; round += 1)
        schedule.set(`key-${round % 20}`, Date.now() + 1_000_000 + round);
    } finally {
      Object.defineProperty(arrays, 'push', { configurable: true, writable: true, value: push });
    }
    expect(schedule.size).toBe(21);
    expect(longest).toBeGreaterThan(20);
    expect(longest).toBeLessThanOrEqual(65);
    expect(vi.getTimerCount()).toBe(1);
  });

  test('waits longer than one timer can', () => {
    const due = vi.fn<(key: string) => void>();
    const schedule = new Schedule(due);
    schedule.set('far', Date.now() + 30 * 86_400_000);
    vi.advanceTimersByTime(30 * 86_400_000 - 1);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledExactlyOnceWith('far');
  });

  test('knows by how much it is late, and catches up in order', () => {
    const due: string[] = [];
    const schedule = new Schedule((key) => due.push(key));
    schedule.set('second', Date.now() + 20);
    schedule.set('first', Date.now() + 10);
    expect(schedule.lag).toBe(0);
    vi.setSystemTime(Date.now() + 100); // A stalled process: time goes on, no timer runs.
    expect(schedule.lag).toBe(90);
    vi.advanceTimersByTime(20);
    expect([due, schedule.lag]).toEqual([['first', 'second'], 0]);
  });

  test('gives out nothing once it is stopped', () => {
    const due = vi.fn<(key: string) => void>();
    const schedule = new Schedule(due);
    schedule.set('a', Date.now() + 10);
    schedule.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(due).not.toHaveBeenCalled();
    expect([schedule.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
