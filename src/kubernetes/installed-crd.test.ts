import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { compareCrd, inspectCrd, type ExpectedCrd } from './installed-crd.ts';

const expected: ExpectedCrd = {
  name: 'things.example.io',
  version: 'v1',
  hash: 'abc',
  annotation: 'example.io/hash',
  writtenFields: ['status.conditions', 'status.conditions.type', 'status.checks', 'status.checks.summary'],
};

const conditions = { items: { properties: { type: {}, extra: {} } } };

function crd(hash: string, statusProperties: object, version = 'v1') {
  const schema = { openAPIV3Schema: { properties: { status: { properties: statusProperties } } } };
  return {
    metadata: { annotations: { 'example.io/hash': hash } },
    spec: { versions: [{ name: version, schema }] },
  } as Parameters<typeof compareCrd>[0];
}

test.each([
  ['of this build', crd('abc', {}), { kind: 'same' }],
  [
    'newer, with all that is written',
    crd('new', { conditions, checks: { properties: { summary: {}, more: {} } } }),
    { kind: 'different' },
  ],
  [
    'older, with less',
    crd('old', { conditions, checks: { properties: {} } }),
    { kind: 'lacking', fields: ['status.checks.summary'] },
  ],
  [
    'without the version',
    crd('old', { conditions }, 'v2'),
    { kind: 'lacking', fields: expected.writtenFields },
  ],
])('a definition that is %s', (_, installed, finding) => {
  expect(compareCrd(installed, expected)).toEqual(finding);
});

test.each([403, 500])('one that cannot be read (%i) is not known', async (code) => {
  const rest = { request: () => Promise.reject(new ApiError(code, '', 'no')) };
  await expect(inspectCrd(rest, expected)).resolves.toEqual({ kind: 'unknown', why: 'no' });
});

test('one that is not there is absent', async () => {
  const rest = { request: () => Promise.reject(new ApiError(404, 'NotFound', 'no')) };
  await expect(inspectCrd(rest, expected)).resolves.toEqual({ kind: 'absent' });
});
