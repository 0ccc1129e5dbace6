import { expect, test } from 'vitest';
import { parseQlikUser } from './identity.ts';

test.each([
  ['without a space', 'UserDirectory=CORP;UserId=svc_kpi', ['CORP', 'svc_kpi']],
  ['with a space', 'UserDirectory=CORP; UserId=svc_kpi', ['CORP', 'svc_kpi']],
  ['percent-encoded', 'UserDirectory=CORP%3B;UserId=J%C3%BCrgen', ['CORP;', 'Jürgen']],
  ['with colons', 'UserDirectory:Internal;UserId:sa_repository', undefined],
  ['without a user', 'UserDirectory=CORP;UserId=', undefined],
  ['badly encoded', 'UserDirectory=CORP;UserId=%ZZ', undefined],
])('a header %s', (_reason, header, expected) => {
  const user = parseQlikUser(header);
  expect(user && [user.userDirectory, user.userId]).toEqual(expected);
});
