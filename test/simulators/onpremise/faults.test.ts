import { expect, test } from 'vitest';
import { FAULT_HELP, NO_FAULTS, parseFault } from './faults.ts';

test.each([
  ['noRootAdmin', undefined, { noRootAdmin: true }],
  ['noRootAdmin', 'off', { noRootAdmin: false }],
  ['portRefused', 'browser', { portRefused: 'browser' }],
  ['slow', '3000', { slow: 3000 }],
  ['slow', 'off', { slow: 0 }],
  ['certificateRejected', 'alert', { certificateRejected: 'alert' }],
  ['engineState', '0', { engineState: 0 }],
  ['secondProxyNode', 'only', { secondProxyNode: 'only' }],
])('reads fault %s %s', (name, value, expected) => {
  expect(parseFault(name, value)).toEqual(expected);
});

test('an unknown fault is refused with the names of all', () => {
  expect(() => parseFault('toString')).toThrow(
    /^Unknown fault "toString": allowed are portRefused, .*browserStatus$/,
  );
});

test('an unknown value is refused with the values allowed', () => {
  expect(() => parseFault('untrustedCa')).toThrow('can be repository, browser, off, current value is "on"');
  expect(() => parseFault('slow', 'fast')).toThrow('needs a whole number or off, current value is "fast"');
});

test('every fault has a help text', () => {
  expect(Object.keys(FAULT_HELP)).toEqual(Object.keys(NO_FAULTS));
});
