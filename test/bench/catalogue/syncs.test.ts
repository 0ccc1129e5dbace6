import { expect, test } from 'vitest';
import { appWritesOf } from './syncs.ts';

test.for([
  { verb: 'create', user: 'operator', resource: 'qlikapps', counts: 1 },
  { verb: 'patch', user: 'operator', resource: 'qlikapps', counts: 1 },
  { verb: 'delete', user: 'operator', resource: 'qlikapps', counts: 1 },
  { verb: 'list', user: 'operator', resource: 'qlikapps', counts: 0 },
  { verb: 'create', user: 'admin', resource: 'qlikapps', counts: 0 },
  { verb: 'patch', user: 'operator', resource: 'qlikservers', counts: 0 },
])('$verb of $resource by $user is $counts write of the operator', ({ verb, user, resource, counts }) => {
  const entry = { verb, user: { username: user }, objectRef: { resource } };
  expect(appWritesOf('operator', [entry])).toBe(counts);
});
