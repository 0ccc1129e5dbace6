import { expect, test } from 'vitest';
import { heldBy, isFree, released, type LeaseSpec } from './lease.ts';

const held = {
  holderIdentity: 'a',
  leaseDurationSeconds: 15,
  leaseTransitions: 3,
  acquireTime: 't0',
  renewTime: 't1',
};

test.each<[state: string, spec: LeaseSpec, seen: { by: string; for: number }, free: boolean]>([
  ['held by another and just seen', held, { by: 'b', for: 0 }, false],
  ['held by another and seen unchanged almost as long as it lasts', held, { by: 'b', for: 14_999 }, false],
  ['held by another and seen unchanged as long as it lasts', held, { by: 'b', for: 15_000 }, true],
  ['our own', held, { by: 'a', for: 0 }, true],
  ['given back', { ...held, holderIdentity: '' }, { by: 'b', for: 0 }, true],
  ['never held', {}, { by: 'b', for: 0 }, true],
])('a lease that is %s is free: %#', (_, spec, seen, expected) => {
  expect(isFree(spec, seen.by, seen.for)).toBe(expected);
});

test('a renewal keeps who has held it since when; another holder is a transition', () => {
  const now = Date.parse('2026-11-24T10:00:00.123Z');
  const renewTime = '2026-11-24T10:00:00.123000Z';
  const times = { leaseDuration: 20_000, now };
  expect(heldBy('a', held, times)).toEqual({ ...held, leaseDurationSeconds: 20, renewTime });
  const taken = { leaseDurationSeconds: 20, acquireTime: renewTime, renewTime };
  expect(heldBy('b', held, times)).toEqual({ ...taken, holderIdentity: 'b', leaseTransitions: 4 });
  expect(heldBy('b', undefined, times)).toEqual({ ...taken, holderIdentity: 'b', leaseTransitions: 0 });
  expect(released(held, now)).toEqual({ ...held, holderIdentity: '', leaseDurationSeconds: 1, renewTime });
});
