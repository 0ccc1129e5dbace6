import { expect, test } from 'vitest';
import type { AuditEntry } from '../controlplane/audit.ts';
import { listsSince, writesWithoutLease } from './findings.ts';

let seconds = 0;

function entry(username: string, verb: string, resource: string, more: Partial<AuditEntry> = {}): AuditEntry {
  seconds += 1;
  return {
    verb,
    user: { username },
    requestURI: '/',
    objectRef: {
      resource,
      name: 'qlik-operator',
      ...(resource === 'qlikservers' ? { subresource: 'status' } : {}),
    },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: new Date(seconds * 1000).toISOString(),
    ...more,
  };
}

test('a status written without the lease is found; one that was refused, or written with it, is not', () => {
  const wrong = entry('a', 'update', 'qlikservers');
  const entries = [
    entry('a', 'create', 'leases'),
    entry('a', 'update', 'qlikservers'),
    entry('b', 'update', 'leases', { responseStatus: { code: 409 } }),
    entry('a', 'update', 'qlikservers'),
    entry('b', 'update', 'leases'),
    entry('a', 'update', 'qlikservers', { responseStatus: { code: 409 } }),
    wrong,
    entry('b', 'update', 'qlikservers'),
  ];
  expect(writesWithoutLease(entries)).toEqual([wrong]);
  const release = entry('b', 'update', 'leases', { requestObject: { spec: { holderIdentity: '' } } });
  const late = entry('b', 'update', 'qlikservers');
  expect(writesWithoutLease([...entries, release, late])).toEqual([wrong, late]);
});

test('lists are counted, also as the beginning of a watch', () => {
  const early = entry('a', 'list', 'secrets');
  const since = new Date((seconds + 1) * 1000);
  const entries = [
    early,
    entry('a', 'list', 'secrets'),
    entry('a', 'watch', 'secrets', { requestURI: '/x?sendInitialEvents=true' }),
    entry('a', 'watch', 'secrets', { requestURI: '/x?resourceVersion=5' }),
    entry('b', 'list', 'secrets', { responseStatus: { code: 429 } }),
  ];
  expect([...listsSince(entries, since)]).toEqual([['a secrets *', 2]]);
});
