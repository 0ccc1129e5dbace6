import { isIP } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ANY_TARGET, targetPolicy } from './target-policy.ts';

const strict = targetPolicy({
  allowedHosts: ['qlik.corp.example', '*.qlikcloud.com'],
  allowLocalTargets: false,
});

test.each([
  ['qlik.corp.example', true],
  ['QLIK.corp.example', true],
  ['acme.eu.qlikcloud.com', true],
  ['qlikcloud.com', false],
  ['evilqlikcloud.com', false],
  ['qlik.corp.example.evil.com', false],
  ['sub.qlik.corp.example', false],
])('the host %s is allowed by the patterns: %s', (host, allowed) => {
  expect(strict.allowsHost(host)).toBe(allowed);
  expect(ANY_TARGET.allowsHost(host)).toBe(true);
});

describe('addresses', () => {
  const at = (address: string) => ({ address, family: isIP(address) });
  test.each([
    '127.0.0.1',
    '127.8.9.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
  ])('%s is local', (address) => {
    expect(strict.permitted([at(address)])).toEqual([]);
    expect(ANY_TARGET.permitted([at(address)])).toEqual([at(address)]);
  });

  test.each(['10.1.2.3', '192.168.0.1', '128.0.0.1', '2001:db8::1', '::ffff:10.0.0.1'])(
    '%s is not',
    (address) => {
      expect(strict.permitted([at(address)])).toEqual([at(address)]);
    },
  );

  test('of a host with several, only the local ones are left out', () => {
    expect(strict.permitted([at('127.0.0.1'), at('10.0.0.1')])).toEqual([at('10.0.0.1')]);
  });
});
