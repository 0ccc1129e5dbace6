import { describe, expect, test } from 'vitest';
import { MINUTE, NOON } from '../../../test/integration/server/examples.ts';
import type { KnownApp } from './catalogue.ts';
import { removals, type Comparison } from './removals.ts';

const HOUR = 60 * MINUTE;

/** `a`, `b` … in a space of its own kind: `f` finance, `s` sales. */
function app(
  name: string,
  { placeId = 'f', missingFor }: { placeId?: string; missingFor?: number } = {},
): KnownApp {
  const missingSince = missingFor === undefined ? undefined : NOON - missingFor;
  return { id: name, name, uid: name, resourceVersion: '1', digest: '', placeId, missingSince };
}

const names = (apps: readonly KnownApp[]) => apps.map(({ name }) => name).join(' ');
const set = (text: string) => new Set(text.split(' ').filter(Boolean));

/** What becomes of these apps where those are listed; kept are all of them unless said otherwise. */
function compare(
  known: readonly KnownApp[],
  listed: string,
  { kept = listed, ...rest }: Partial<Omit<Comparison, 'kept'>> & { kept?: string } = {},
) {
  const { mark, remove, suspicion } = removals({
    known,
    listed: set(listed),
    kept: set(kept),
    seesAll: true,
    grace: HOUR,
    now: NOON,
    accepted: undefined,
    ...rest,
  });
  return { mark: names(mark), remove: names(remove), suspicion };
}

const NOTHING = { mark: '', remove: '', suspicion: undefined };

describe('an app that is not listed', () => {
  test.each<[string, number | undefined, number, Partial<typeof NOTHING>]>([
    ['is marked first', undefined, HOUR, { mark: 'b' }],
    ['waits for the end of its grace', HOUR - 1, HOUR, {}],
    ['is removed when that is over', HOUR, HOUR, { remove: 'b' }],
    ['is removed at once where there is no grace', undefined, 0, { remove: 'b' }],
    ['is removed when its grace was ended', MINUTE, 0, { remove: 'b' }],
  ])('%s', (_what, missingFor, grace, expected) => {
    const known = [app('a'), app('b', missingFor === undefined ? {} : { missingFor })];
    for (const seesAll of [true, false])
      expect(compare(known, 'a', { grace, seesAll })).toEqual({ ...NOTHING, ...expected });
  });

  test('and was kept by no filter waits for its grace as well', () => {
    const known = [app('a'), app('b'), app('c', { missingFor: HOUR })];
    expect(compare(known, 'a b c', { kept: 'a' })).toEqual({ ...NOTHING, mark: 'b', remove: 'c' });
    expect(compare(known, 'a b c', { kept: 'a', grace: 0, seesAll: false })).toEqual({
      ...NOTHING,
      remove: 'b c',
    });
  });
});

test.each(['', 'a', 'a b c'])(
  'where "%s" is listed and there is nothing else, nothing becomes of it',
  (listed) => {
    expect(
      compare(
        [...set(listed)].map((name) => app(name)),
        listed,
      ),
    ).toEqual(NOTHING);
  },
);

describe('a listing is suspicious', () => {
  const many = (count: number) => Array.from({ length: count }, (_each, index) => `x${index}`);
  const suspicionOf = (known: readonly KnownApp[], listed: string, seesAll = false) =>
    compare(known, listed, { seesAll }).suspicion !== undefined;

  test.each<[string, boolean, readonly KnownApp[], string]>([
    ['a space has lost all of its apps', true, [app('a'), app('b', { placeId: 's' })], 'a'],
    ['the last app of all is gone', true, [app('a')], ''],
    ['a space has lost all but one', false, [app('a'), app('b'), app('c')], 'a'],
    [
      'a space has lost those that it still had',
      true,
      [app('a'), app('b', { placeId: 's', missingFor: 1 }), app('c', { placeId: 's' })],
      'a',
    ],
    ['ten of twelve are gone', false, [app('a'), app('b'), ...many(10).map((name) => app(name))], 'a b'],
    ['eleven of thirteen are gone', true, [app('a'), app('b'), ...many(11).map((name) => app(name))], 'a b'],
    ['eleven of 55 are gone', false, many(55).map((name) => app(name)), many(44).join(' ')],
    ['twelve of 59 are gone', true, many(59).map((name) => app(name)), many(47).join(' ')],
    ['there was nothing', false, [], ''],
  ])('if %s: %s', (_what, expected, known, listed) => {
    expect(suspicionOf(known, listed)).toBe(expected);
    // Who sees all has seen that they are gone.
    expect(suspicionOf(known, listed, true)).toBe(false);
  });
});

describe('apps whose vanishing is suspicious', () => {
  const tenant = { seesAll: false, grace: 0 };
  const gone = (missingFor?: number) =>
    ['b', 'c'].map((name) =>
      app(name, { placeId: 's', ...(missingFor === undefined ? {} : { missingFor }) }),
    );
  const { suspicion: hash } = compare([app('a'), ...gone()], 'a', tenant);

  test('are marked, and stay for a day without a grace', () => {
    expect(hash).toMatch(/^[0-9a-f]{16}$/u);
    expect(compare([app('a'), ...gone()], 'a', { ...tenant })).toEqual({
      mark: 'b c',
      remove: '',
      suspicion: hash,
    });
    expect(compare([app('a'), ...gone(24 * HOUR - 1)], 'a', tenant)).toEqual({
      mark: '',
      remove: '',
      suspicion: hash,
    });
  });

  test('are believed to be gone after a day', () => {
    expect(compare([app('a'), ...gone(24 * HOUR)], 'a', tenant)).toEqual({ ...NOTHING, remove: 'b c' });
  });

  test('stay for a grace that is longer', () => {
    const grace = 48 * HOUR;
    expect(compare([app('a'), ...gone(47 * HOUR)], 'a', { ...tenant, grace }).suspicion).toBe(hash);
    expect(compare([app('a'), ...gone(48 * HOUR)], 'a', { ...tenant, grace }).remove).toBe('b c');
  });

  test('are removed at once when a person says so of these very apps', () => {
    const accepted = hash;
    expect(compare([app('a'), ...gone(MINUTE)], 'a', { ...tenant, accepted, grace: HOUR })).toEqual({
      ...NOTHING,
      remove: 'b c',
    });
    const more = [app('a'), ...gone(MINUTE), app('d', { placeId: 's', missingFor: MINUTE })];
    const others = compare(more, 'a', { ...tenant, accepted });
    expect(others).toMatchObject({ mark: '', remove: '' });
    expect(others.suspicion).not.toBe(hash);
  });

  test('have the same hash in whatever order they come', () => {
    expect(compare([...gone().reverse(), app('a')], 'a', tenant).suspicion).toBe(hash);
  });

  test('do not keep what a filter excludes', () => {
    const known = [app('a'), app('e', { missingFor: HOUR }), ...gone(MINUTE)];
    expect(compare(known, 'a e', { ...tenant, grace: HOUR, kept: 'a' })).toEqual({
      mark: '',
      remove: 'e',
      suspicion: hash,
    });
  });
});
