import { describe, expect, test } from 'vitest';
import { compare, type Pair } from './comparison.ts';
import { metricIds, SCENARIOS } from './metrics.ts';
import { spreadOf } from './spread.ts';

/** CPU per check in pairs of operator and peer. */
function pairs(...values: readonly (readonly [number, number])[]): Pair[] {
  return values.map(([ours, theirs]) => ({ operator: { steadyCpu: ours }, peer: { steadyCpu: theirs } }));
}

describe('spreadOf', () => {
  test.for([
    { values: [3, 1, 2], expected: { median: 2, min: 1, max: 3 } },
    { values: [10, 9], expected: { median: 9.5, min: 9, max: 10 } },
    { values: [7], expected: { median: 7, min: 7, max: 7 } },
    { values: [100, 20, 3, 4], expected: { median: 12, min: 3, max: 100 } },
  ])('of $values', ({ values, expected }) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  test('of nothing is nothing', () => {
    expect(spreadOf([])).toBeUndefined();
  });

  test('leaves the values as they are', () => {
    const values = [2, 1];
    spreadOf(values);
    expect(values).toEqual([2, 1]);
  });
});

describe('compare', () => {
  test('divides within a pair, not the medians', () => {
    const [found] = compare(pairs([10, 5], [30, 20], [8, 10]), ['steadyCpu']);
    expect(found?.ratio).toEqual({ median: 1.5, min: 0.8, max: 2 });
    expect(found?.operator.median).toBe(10);
    expect(found?.peer?.median).toBe(10);
  });

  test.for([
    {
      why: 'one pair says more, one less',
      values: [
        [9, 10],
        [11, 10],
      ] as const,
      verdict: 'equal',
    },
    {
      why: 'a pair is exactly the same',
      values: [
        [10, 10],
        [11, 10],
      ] as const,
      verdict: 'equal',
    },
    {
      why: 'all say more',
      values: [
        [11, 10],
        [12, 10],
      ] as const,
      verdict: 'more',
    },
    {
      why: 'all say less',
      values: [
        [9, 10],
        [5, 10],
      ] as const,
      verdict: 'less',
    },
  ])('$verdict if $why', ({ values, verdict }) => {
    expect(compare(pairs(...values), ['steadyCpu'])[0]?.verdict).toBe(verdict);
  });

  test('a goal for the ratio is met by its median, whatever the range', () => {
    expect(compare(pairs([11, 10], [12, 10], [30, 10]), ['steadyCpu'])[0]?.met).toBe(true);
    expect(compare(pairs([13, 10], [12, 10], [30, 10]), ['steadyCpu'])[0]?.met).toBe(false);
  });

  test('a goal for the operator alone does not look at the peer', () => {
    const found = compare([{ operator: { steadyRss: 100 }, peer: { steadyRss: 10 } }], ['steadyRss']);
    expect(found[0]).toMatchObject({ met: true, ratio: { median: 10 } });
  });

  test('without a goal nothing is met or missed', () => {
    const found = compare([{ operator: { idleCpu: 3 }, peer: { idleCpu: 1 } }], ['idleCpu']);
    expect(found[0]?.met).toBeUndefined();
  });

  test('a peer that needed nothing leaves no ratio', () => {
    const found = compare([{ operator: { idleCpu: 3 }, peer: { idleCpu: 0 } }], ['idleCpu']);
    expect(found[0]).toMatchObject({ ratio: undefined, verdict: undefined });
  });

  test('what the peer does not do stands alone', () => {
    const found = compare([{ operator: { catalogueIdleWrites: 2 }, peer: {} }], ['catalogueIdleWrites']);
    expect(found[0]).toMatchObject({ operator: { median: 2 }, met: false });
    expect(found[0]).toMatchObject({ peer: undefined, ratio: undefined, verdict: undefined });
  });

  test('leaves out what was not measured, and keeps the order of the metrics', () => {
    const all = metricIds(new Set(SCENARIOS));
    const found = compare(
      [{ operator: { steadyCpu: 1, idleRss: 2 }, peer: { steadyCpu: 1, idleRss: 2 } }],
      all,
    );
    expect(found.map(({ id }) => id)).toEqual(['idleRss', 'steadyCpu']);
  });
});
