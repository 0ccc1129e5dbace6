import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as fc from 'fast-check';
import { Schedule } from './schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { readonly kind: 'set'; readonly key: string; readonly in: number }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'wait'; readonly ms: number };

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ kind: fc.constant('set' as const), key, in: fc.integer({ min: -500, max: 5_000 }) }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3_000) }),
);

test('every key is due at its last time, once, in the order of the times, and with one timer', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const due: { key: string; at: number; asked: number }[] = [];
      const model = new Map<string, number>();
      const schedule = new Schedule((name) => {
        due.push({ key: name, at: Date.now(), asked: model.get(name) ?? Number.NaN });
        model.delete(name);
      });
      for (const step of steps) {
        if (step.kind === 'set') {
          const at = Date.now() + step.in;
          model.set(step.key, at);
          schedule.set(step.key, at);
        } else if (step.kind === 'delete') {
          model.delete(step.key);
          schedule.delete(step.key);
        } else vi.advanceTimersByTime(step.ms);
        const overdue = [...model].filter(([, at]) => step.kind === 'wait' && at <= Date.now());
        expect(overdue, 'should have been due').toEqual([]);
        expect(schedule.size).toBe(model.size);
        expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
        for (const [name, at] of model) expect(schedule.get(name)).toBe(at);
      }
      for (const { at, asked } of due) expect(at).toBeGreaterThanOrEqual(asked);
      schedule.stop();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 300 },
  );
});
