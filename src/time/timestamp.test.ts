import { expect, test } from 'vitest';
import { timestamp } from './timestamp.ts';

test('a time has no fractions of a second', () => {
  expect(timestamp(Date.UTC(2026, 4, 4, 12, 0, 0, 999))).toBe('2026-05-04T12:00:00Z');
});
