import { expect, test } from 'vitest';
import { Random } from './random.ts';

function numbers(random: Random): number[] {
  return Array.from({ length: 1000 }, () => random.next());
}

test('the same seed has the same numbers, another seed others', () => {
  expect(numbers(new Random(7, 'a'))).toEqual(numbers(new Random(7, 'a')));
  expect(numbers(new Random(7, 'a'))).not.toEqual(numbers(new Random(8, 'a')));
  expect(numbers(new Random(7, 'a'))).not.toEqual(numbers(new Random(7, 'b')));
});

test('numbers are spread over their whole range', () => {
  const random = new Random('spread');
  const mean = numbers(random).reduce((sum, number) => sum + number, 0) / 1000;
  expect(mean).toBeCloseTo(0.5, 1);
  const dice = new Set(Array.from({ length: 200 }, () => random.between(1, 6)));
  expect(dice).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b'])));
  expect(picked.size).toBe(2);
});

test('a rate of 0 is never, 1 always, and 0.2 about every fifth time', () => {
  const random = new Random('rate');
  const count = (rate: number) =>
    Array.from({ length: 1000 }, () => random.chance(rate)).filter(Boolean).length;
  expect(count(0)).toBe(0);
  expect(count(1)).toBe(1000);
  expect(count(0.2)).toBeGreaterThan(140);
  expect(count(0.2)).toBeLessThan(260);
});
