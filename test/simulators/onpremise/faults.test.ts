import { expect, test } from 'vitest';
import { parseFault } from './faults.ts';

test.each([
  ['noRootAdmin', undefined, { noRootAdmin: true }],
  ['noRootAdmin', 'off', { noRootAdmin: false }],
  ['portRefused', 'browser', { portRefused: 'browser' }],
  ['slow', '3000', { slow: 3000 }],
  ['slow', 'off', { slow: 0 }],
  ['certificateRejected', 'alert', { certificateRejected: 'alert' }],
])('reads fault %s %s', (name, value, expected) => {
  expect(parseFault(name, value)).toEqual(expected);
});

test('an unknown fault is refused with the names of all', () => {
  expect(() => parseFault('toString')).toThrow(/^Unknown fault "toString": allowed are portRefused, .*slow/);
});

test('an unknown value is refused with the values allowed', () => {
  expect(() => parseFault('untrustedCa')).toThrow('can be repository, browser, off, current value is "on"');
  expect(() => parseFault('slow', 'fast')).toThrow('needs a whole number or off, current value is "fast"');
});
