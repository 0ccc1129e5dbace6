import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharesOf, Slots } from './slots.ts';

const isSlow = (key: string) => key.startsWith('slow');

function slotsWith(workers: number, ...keys: readonly string[]): Slots {
  const slots = new Slots(sharesOf(workers, { isSlow }));
  for (const key of keys) slots.add(key, key.includes('urgent'));
  return slots;
}

function takeAll(slots: Slots): string[] {
  const taken: string[] = [];
  for (let key = slots.take(); key !== undefined; key = slots.take()) taken.push(key);
  return taken;
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('slots', () => {
  test('half of them, at most, are for slow keys', () => {
    const slots = slotsWith(8, ...names('slow', 20));
    expect(takeAll(slots)).toHaveLength(4);
    slots.add('quick', false);
    expect(takeAll(slots)).toEqual(['quick']);
    slots.free('slow-0');
    expect(takeAll(slots)).toEqual(['slow-4']);
  });

  test('one of eight is kept for what is urgent', () => {
    const slots = slotsWith(8, ...names('quick', 20));
    expect(takeAll(slots)).toHaveLength(7);
    slots.add('urgent', true);
    expect(takeAll(slots)).toEqual(['urgent']);
  });

  test('quick keys go first, but slow ones are not forgotten', () => {
    const slots = slotsWith(100, ...names('quick', 20), ...names('slow', 2));
    const taken = takeAll(slots);
    expect(taken.slice(0, 8)).toEqual(names('quick', 8));
    expect(taken[8]).toBe('slow-0');
    expect(taken[17]).toBe('slow-1');
  });

  test('those of one group have as many as it bears, and others go before', () => {
    const groups = { of: (key: string) => key.split(' ')[0] ?? '', most: 2 };
    const slots = new Slots(sharesOf(16, { isSlow, groups }));
    for (const key of ['site a', 'site b', 'site c', 'other', 'site d']) slots.add(key, false);
    expect(takeAll(slots)).toEqual(['site a', 'site b', 'other']);
    expect(slots.waiting).toBe(2);
    slots.add('site d', true);
    slots.free('other');
    expect(takeAll(slots)).toEqual([]);
    slots.free('site a');
    expect(takeAll(slots)).toEqual(['site c']);
    slots.free('site b');
    expect(takeAll(slots)).toEqual(['site d']);
    expect(slots.waiting).toBe(0);
  });

  test('one worker works on anything', () => {
    for (const key of ['slow', 'quick', 'urgent', 'slow-urgent'])
      expect(takeAll(slotsWith(1, key))).toEqual([key]);
  });

  test('a key that has become slow while it waits stands in one line only', () => {
    const slow = new Set<string>();
    const slots = new Slots(sharesOf(8, { isSlow: (key) => slow.has(key) }));
    slots.add('a', false);
    slow.add('a');
    slots.add('a', false);
    expect(slots.waiting).toBe(1);
    expect(takeAll(slots)).toEqual(['a']);
  });

  test('whatever comes and goes, no limit is passed and nothing waits beside a free slot', () => {
    const step = fc.oneof(
      fc.record({ add: fc.constantFrom(...names('slow', 6), ...names('urgent', 3), ...names('quick', 6)) }),
      fc.record({ free: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step, { maxLength: 60 }), (workers, steps) => {
        const limits = sharesOf(workers, { isSlow });
        const slots = new Slots(limits);
        const taken: string[] = [];
        for (const step of steps) {
          if ('free' in step) taken.splice(step.free, 1).forEach((key) => slots.free(key));
          else if (!taken.includes(step.add)) slots.add(step.add, step.add.startsWith('urgent'));
          while (taken.length < workers) {
            const key = slots.take();
            if (key === undefined) break;
            taken.push(key);
          }
          const slow = taken.filter(isSlow).length;
          const routine = taken.filter((key) => !key.startsWith('urgent')).length;
          expect(slow).toBeLessThanOrEqual(limits.slow);
          expect(routine).toBeLessThanOrEqual(limits.routine);
          const isLimited = slow === limits.slow || routine === limits.routine || taken.length === workers;
          expect(slots.waiting === 0 || isLimited).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
