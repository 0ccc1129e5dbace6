import { describe, expect, test } from 'vitest';
import { entryOf, exampleJob, exampleLedger } from '../../../test/fakes/execution-examples.ts';
import { afterEnd, coolUntil, isNewerFormat, isReady, takenByOthers, weightOf, withEntry } from './ledger.ts';
import { claimOfJob } from './standing.ts';

const [a, b] = [exampleJob('a'), exampleJob('b')];
const claim = (weight: number) => ({ ...claimOfJob(a), weight });
const NOW = Date.parse('2026-05-04T13:00:00Z');

test.each<[string, boolean, string | undefined]>([
  ['its own uid', true, 'uid-of-ledger'],
  ['the uid of the one it was restored from', false, 'uid-of-another'],
  ['nothing', false, undefined],
])('a ledger whose readyUid is %s is ready: %s', (_what, expected, readyUid) => {
  const { metadata, ledger } = exampleLedger();
  const { readyUid: _, ...rest } = ledger;
  expect(isReady({ metadata, ledger: { ...rest, ...(readyUid && { readyUid }) } })).toBe(expected);
});

test.each([
  [1, false],
  [2, true],
])('format %i is a newer one: %s', (formatVersion, expected) => {
  expect(isNewerFormat(exampleLedger([], { formatVersion }))).toBe(expected);
});

describe('an entry', () => {
  test('is made of the claim, as the first attempt', () => {
    const { kind, uid, namespace, name, weight } = claim(2);
    expect(withEntry([], claim(2), 'now')).toEqual([
      { kind, uid, namespace, name, weight, attempt: 1, since: 'now' },
    ]);
  });

  test('that stands already is another one after the next attempt, and keeps its time', () => {
    const standing = entryOf(a, { attempt: 3 });
    expect(withEntry([standing, entryOf(b)], claim(1), 'now')).toEqual([
      entryOf(b),
      { ...standing, attempt: 4 },
    ]);
  });

  test.each([
    ['raised with its claim', 1, 2, 2],
    ['never lowered, as a heavier version may have been admitted', 2, 1, 2],
  ])('has its weight %s', (_what, standing, claimed, expected) => {
    const entries = [entryOf(a, { weight: standing })];
    expect(withEntry(entries, claim(claimed), 'now')).toMatchObject([{ weight: expected }]);
    expect(weightOf(entries, claim(claimed))).toBe(expected);
  });

  test('is known by its uid, not by its name', () => {
    const namesake = entryOf({ ...a, metadata: { ...a.metadata, uid: 'of-another' } });
    expect(withEntry([namesake], claim(1), 'now')).toHaveLength(2);
    expect(takenByOthers([namesake, entryOf(a)], a.metadata.uid)).toBe(1);
  });
});

describe('after its use has ended an entry', () => {
  const ended = new Set([a.metadata.uid]);

  test('is gone without a cooldown', () => {
    expect(afterEnd([entryOf(a), entryOf(b)], ended, { cooldown: 0, now: NOW })).toEqual([entryOf(b)]);
  });

  test('stays for the cooldown, counted from the end of its use', () => {
    const [cooling] = afterEnd([entryOf(a)], ended, { cooldown: 60_000, now: NOW });
    expect(cooling).toEqual(entryOf(a, { endedAt: '2026-05-04T13:00:00.000Z' }));
    expect(coolUntil(cooling!, 60_000)).toBe(NOW + 60_000);
    expect(afterEnd([cooling!], ended, { cooldown: 60_000, now: NOW + 5_000 })).toEqual([cooling]);
  });
});
