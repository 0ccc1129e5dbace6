import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../controlplane/audit.ts';
import { rightsIn, usedRights } from '../../installation/rights.ts';
import { Refusals } from './refusals.ts';

/** A request about a Secret, unless told otherwise. */
function request(verb: string, objectRef: AuditEntry['objectRef'] = {}, code = 200): AuditEntry {
  return {
    verb,
    user: { username: 'operator' },
    requestURI: `/${verb}`,
    objectRef: { resource: 'secrets', namespace: 'finance', ...objectRef },
    responseStatus: { code },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
  };
}

describe('a refusal', () => {
  test('that nobody expects is a problem, each once', () => {
    const refused = request('list', {}, 403);
    expect(new Refusals().problems([request('list'), refused, refused])).toEqual([
      '"list /secrets" was refused: /list',
    ]);
  });

  test('that is expected is none, where it is expected', () => {
    const refusals = new Refusals();
    refusals.expect({ namespace: 'finance', name: 'other' });
    const expected = request('watch', { name: 'other' }, 403);
    expect(refusals.problems([expected])).toEqual([]);
    expect(refusals.problems([expected, request('get', { name: 'client' }, 403)])).toHaveLength(1);
    expect(
      refusals.problems([expected, request('get', { name: 'other', namespace: 'sales' }, 403)]),
    ).toHaveLength(1);
  });

  test('that is expected and does not come is a problem, too', () => {
    const refusals = new Refusals();
    refusals.expect({ namespace: 'finance' });
    expect(refusals.problems([request('list')])).toEqual([
      'nothing was refused about {"namespace":"finance"}, though a test expects it',
    ]);
  });
});

test('a right is used by a request for its verb, its resource with the subresource, and its name', () => {
  const granted = [
    ...rightsIn({
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['a', 'b'],
      verbs: ['get', 'watch'],
    }),
    ...rightsIn({
      apiGroups: ['kpimailer.io'],
      resources: ['qlikservers', 'qlikservers/status'],
      verbs: ['update'],
    }),
  ];
  const status = {
    apiGroup: 'kpimailer.io',
    resource: 'qlikservers',
    subresource: 'status',
    name: 'finance',
  };
  const requests = [
    request('get', { name: 'a' }),
    request('watch', { name: 'c' }),
    request('update', status),
  ];
  expect(usedRights(granted, requests)).toEqual([
    'get /secrets "a"',
    'update kpimailer.io/qlikservers/status',
  ]);
});
