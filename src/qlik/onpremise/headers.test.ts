import { describe, expect, test } from 'vitest';
import { parseUser, sameUser, userHeader, withXrfkey } from './headers.ts';

describe('userHeader', () => {
  test.each([
    [{ directory: 'CORP', id: 'svc_kpi' }, 'UserDirectory=CORP;UserId=svc_kpi'],
    [{ directory: 'CORP', id: 'svc kpi' }, 'UserDirectory=CORP;UserId=svc%20kpi'],
    [{ directory: 'CORP', id: 'a;UserId=admin' }, 'UserDirectory=CORP;UserId=a%3BUserId%3Dadmin'],
    [
      { directory: 'CÖRP', id: 'jörg@corp.example' },
      'UserDirectory=C%C3%96RP;UserId=j%C3%B6rg%40corp.example',
    ],
    [{ directory: 'CORP', id: '100%' }, 'UserDirectory=CORP;UserId=100%25'],
  ])('encodes %j', (user, header) => {
    expect(userHeader(user)).toBe(header);
  });
});

test('an account is a directory and a user', () => {
  expect(parseUser(String.raw`INTERNAL\sa_api`)).toEqual({ directory: 'INTERNAL', id: 'sa_api' });
});

test('users are the same without regard to case', () => {
  expect(sameUser({ directory: 'corp', id: 'SVC' }, { directory: 'CORP', id: 'svc' })).toBe(true);
  expect(sameUser({ directory: 'corp', id: 'svc' }, { directory: 'CORP', id: 'svc2' })).toBe(false);
});

describe('withXrfkey', () => {
  test.each([
    ['/qrs/about', '?'],
    ['/qrs/user/full?filter=x', '&'],
  ])('puts the same 16 letters and digits into the query of %s and the header', (target, separator) => {
    const { path, headers } = withXrfkey(target);
    const key = headers['x-qlik-xrfkey'] ?? '';
    expect(key).toMatch(/^[a-z0-9]{16}$/);
    expect(path).toBe(`${target}${separator}xrfkey=${key}`);
    expect(withXrfkey(target).headers['x-qlik-xrfkey']).not.toBe(key);
  });
});
