import { expect, test } from 'vitest';
import { FAULT_HELP, NO_FAULTS, parseFault } from './faults.ts';

test.each([
  ['html200', undefined, { html200: true }],
  ['html200', 'off', { html200: false }],
  ['slow', '3000', { slow: 3000 }],
  ['slow', 'off', { slow: 0 }],
  ['secretRejected', undefined, { secretRejected: true }],
  ['secretRejected', '400', { secretRejected: 400 }],
  ['only', 'token', { only: 'token' }],
  ['emptyPageWithNext', 'forever', { emptyPageWithNext: 'forever' }],
])('%s=%s is read', (name, value, expected) => {
  expect(parseFault(name, value)).toEqual(expected);
});

test('every fault has a help text', () => {
  expect(Object.keys(FAULT_HELP)).toEqual(Object.keys(NO_FAULTS));
});

test('an unknown fault is refused with the names of all', () => {
  expect(() => parseFault('toString')).toThrow(/^Unknown fault "toString": allowed are refused, .*nextNull/);
});

test('an unknown value is refused with the values allowed', () => {
  expect(() => parseFault('only')).toThrow(
    'can be discovery, token, users, items, off, current value is "on"',
  );
  expect(() => parseFault('slow', 'fast')).toThrow('needs a whole number or off, current value is "fast"');
});
