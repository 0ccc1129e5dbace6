import { expect, test } from 'vitest';
import { RejectionBudget } from './rejections.ts';

const MINUTE = 60_000;

/** A budget on a clock that stands still until it is moved. */
function budget() {
  const clock = { now: 1_000_000 };
  return { clock, rejections: new RejectionBudget(() => clock.now) };
}

test('a client is left alone after four rejections within an hour', () => {
  const { rejections } = budget();
  for (let count = 0; count < 4; count += 1) {
    expect(rejections.allows('acme')).toBe(true);
    rejections.rejected('acme');
  }
  expect(rejections.allows('acme')).toBe(false);
});

test('to ask whether an attempt is allowed costs none', () => {
  const { rejections } = budget();
  for (let count = 0; count < 100; count += 1) expect(rejections.allows('acme')).toBe(true);
  expect(rejections.size).toBe(0);
});

test('each client has a budget of its own', () => {
  const { rejections } = budget();
  for (let count = 0; count < 4; count += 1) rejections.rejected('acme');
  expect([rejections.allows('acme'), rejections.allows('other')]).toEqual([false, true]);
});

test('the hour slides: each rejection counts for an hour, not until the next full one', () => {
  const { clock, rejections } = budget();
  for (let count = 0; count < 4; count += 1) {
    rejections.rejected('acme');
    clock.now += 10 * MINUTE;
  }
  clock.now += 20 * MINUTE - 1;
  expect(rejections.allows('acme')).toBe(false);
  clock.now += 1;
  expect(rejections.allows('acme')).toBe(true);
  rejections.rejected('acme');
  expect(rejections.allows('acme')).toBe(false);
  clock.now += 10 * MINUTE;
  expect(rejections.allows('acme')).toBe(true);
});

test('what does not count any more is not kept', () => {
  const { clock, rejections } = budget();
  for (let client = 0; client < 100; client += 1) rejections.rejected(`client-${client}`);
  expect(rejections.size).toBe(100);
  clock.now += 30 * MINUTE;
  rejections.rejected('client-0');
  clock.now += 30 * MINUTE;
  expect(rejections.size).toBe(1);
  clock.now += 30 * MINUTE;
  expect(rejections.size).toBe(0);
});
