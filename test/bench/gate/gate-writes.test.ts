import { expect, test } from 'vitest';
import { writesOf } from './gate-writes.ts';

const SINCE = '2026-11-24T22:00:00.000Z';

interface Deviation {
  readonly user?: string;
  readonly at?: string;
  readonly subresource?: string;
}

function entry(
  verb: string,
  resource: string,
  { user = 'operator', at = '2026-11-24T22:00:00.001000Z', ...more }: Deviation = {},
) {
  return {
    verb,
    user: { username: user },
    objectRef: { resource, ...more },
    requestReceivedTimestamp: at,
  };
}

test('writes of a user are counted by what they are about', () => {
  const counts = writesOf(
    'operator',
    [
      entry('patch', 'jobs'),
      entry('patch', 'jobs'),
      entry('update', 'qlikexecutionledgers'),
      entry('patch', 'qlikservers', { subresource: 'status' }),
    ],
    SINCE,
  );
  expect(Object.fromEntries(counts)).toEqual({ jobs: 2, qlikexecutionledgers: 1, 'qlikservers/status': 1 });
});

test.for([
  ['reads', entry('get', 'jobs')],
  ['watches', entry('watch', 'jobs')],
  ['leases', entry('patch', 'leases')],
  ['others', entry('patch', 'jobs', { user: 'admin' })],
  ['what was before', entry('patch', 'jobs', { at: '2026-11-24T21:59:59.999999Z' })],
] as const)('%s do not count', ([, each]) => {
  expect(writesOf('operator', [each], SINCE).size).toBe(0);
});
