import { describe, expect, test } from 'vitest';
import { APP_ID, Pages, timeOf } from './app-listing.ts';

describe('a time of Qlik', () => {
  test.each([
    ['2026-05-04T12:00:00.123Z', Date.UTC(2026, 4, 4, 12, 0, 0, 123)],
    ['2026-05-04T12:00:00Z', Date.UTC(2026, 4, 4, 12)],
    ['1753-01-03T00:00:00.000Z', Date.UTC(1753, 0, 3)],
    ['9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ])('%s is one', (text, time) => {
    expect(timeOf(text)).toBe(time);
  });

  test.each([
    ['an empty one', ''],
    ['none', undefined],
    ['null', null],
    ['what a site writes for never', '1753-01-01T00:00:00.000Z'],
    ['the same in a time zone', '1753-01-01T23:00:00.000-01:00'],
    ['an older one', '0001-01-01T00:00:00Z'],
    ['a year that Kubernetes cannot write', '+010000-01-01T00:00:00.000Z'],
    ['a number', '99999'],
    ['a word', 'never'],
  ])('%s is no time', (_what, text) => {
    expect(timeOf(text)).toBeUndefined();
  });
});

describe('an ID of an app', () => {
  test.each(['5a94e3e9-157c-4ec2-8e65-f0a427290d14', 'ABC', 'a1', 'x'.repeat(64)])('can be %s', (id) => {
    expect(id).toMatch(APP_ID);
  });

  test.each(['', 'a', '-a', 'a-', 'a.b', 'a/b', 'a b', 'ä1', '../x', 'x'.repeat(65), 'ab\n'])(
    'cannot be %j',
    (id) => {
      expect(id).not.toMatch(APP_ID);
    },
  );
});

describe('pages', () => {
  const pagesOf = (...pages: readonly string[][]) => {
    const all = new Pages();
    for (const page of pages) all.add(page.map((id) => ({ id })));
    return [all.size, all.hasRepetition];
  };
  test.each<[string, readonly string[][], readonly [number, boolean]]>([
    ['none', [], [0, false]],
    ['an empty one', [[]], [0, false]],
    ['different ones', [['a', 'b'], ['c']], [3, false]],
    ['the same app on two', [['a', 'b'], ['b'], ['c']], [3, true]],
    ['the same app twice on one', [['a', 'a']], [1, true]],
  ])('%s', (_what, pages, expected) => {
    expect(pagesOf(...pages)).toEqual(expected);
  });
});
