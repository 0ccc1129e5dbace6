import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pace } from './pace.ts';

const START = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A pace whose callers come back at once when called; says who started, and when. */
function paced(startsPerSecond: number) {
  const starts: [key: string, at: number][] = [];
  const start = (key: string, urgent = false) => {
    if (pace.admits(key, { urgent })) starts.push([key, Date.now() - START]);
  };
  const pace: Pace = new Pace(startsPerSecond, start);
  return { pace, start, starts };
}

describe('Pace', () => {
  test('lets a crowd start evenly, in its order', () => {
    const { pace, start, starts } = paced(10);
    for (let index = 0; index < 25; index += 1) start(`k${index}`);
    expect(pace.length).toBe(24);
    vi.advanceTimersByTime(10_000);
    expect(starts).toEqual(Array.from({ length: 25 }, (_, index) => [`k${index}`, index * 100]));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not save turns up for later', () => {
    const { start, starts } = paced(10);
    start('a');
    vi.advanceTimersByTime(60_000);
    start('b');
    start('c');
    vi.advanceTimersByTime(1_000);
    expect(starts).toEqual([
      ['a', 0],
      ['b', 60_000],
      ['c', 60_100],
    ]);
  });

  test('who asks again while waiting keeps its place and has one turn', () => {
    const { start, starts } = paced(10);
    for (const key of ['a', 'b', 'c', 'b', 'b']) start(key);
    vi.advanceTimersByTime(1_000);
    expect(starts.map(([key]) => key)).toEqual(['a', 'b', 'c']);
  });

  test('urgent ones go first, but every fifth start is of the others', () => {
    const { start, starts } = paced(10);
    start('first');
    for (let index = 0; index < 3; index += 1) start(`routine${index}`);
    for (let index = 0; index < 6; index += 1) start(`urgent${index}`, true);
    vi.advanceTimersByTime(5_000);
    expect(starts.map(([key]) => key).join(' ')).toBe(
      'first urgent0 urgent1 urgent2 urgent3 routine0 urgent4 urgent5 routine1 routine2',
    );
  });

  test('one that waits and becomes urgent goes first', () => {
    const { start, starts } = paced(10);
    for (const key of ['a', 'b', 'c']) start(key);
    start('c', true);
    vi.advanceTimersByTime(1_000);
    expect(starts.map(([key]) => key)).toEqual(['a', 'c', 'b']);
  });

  test('one that is forgotten leaves its turn to the next', () => {
    const { pace, start, starts } = paced(10);
    for (const key of ['a', 'b', 'c']) start(key);
    pace.forget('b');
    vi.advanceTimersByTime(100);
    expect(starts.map(([key]) => key)).toEqual(['a', 'c']);
  });

  test('a clock that is set back by an hour delays nobody by more than one gap', () => {
    const { start, starts } = paced(10);
    start('a');
    vi.setSystemTime(START - 3_600_000);
    start('b');
    start('c');
    vi.advanceTimersByTime(200);
    expect(starts.map(([key]) => key)).toEqual(['a', 'b', 'c']);
  });

  test('calls nobody after it was stopped', () => {
    const { pace, start, starts } = paced(10);
    start('a');
    start('b');
    pace.stop();
    vi.advanceTimersByTime(10_000);
    expect(starts.map(([key]) => key)).toEqual(['a']);
  });
});
