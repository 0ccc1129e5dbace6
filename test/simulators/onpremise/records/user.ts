import { sameIdentity } from '../identity.ts';
import type { Faults } from '../faults.ts';
import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';

/** A user of the repository, full shape. */
export interface UserRecord extends QlikRecord {
  readonly userDirectory: string;
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly inactive: boolean;
  readonly removedExternally: boolean;
  readonly blacklisted: boolean;
}

/** The account that an operator acts as. */
export const SERVICE_ACCOUNT = { userDirectory: 'CORP', userId: 'svc_kpi' } as const;

/** A person without any role. */
export const ORDINARY_USER = { userDirectory: 'CORP', userId: 'jane' } as const;

const internal = 'INTERNAL';

const healthy: readonly UserRecord[] = [
  user('4c1f2f3e-0d63-4ee2-a7ea-7f0d1f2f55f1', { ...SERVICE_ACCOUNT, name: 'KPI service account' }, [
    'RootAdmin',
  ]),
  user(
    '1cbf2f0c-3f4c-4d3f-9a56-0c5f1e9a7a01',
    { userDirectory: internal, userId: 'sa_api', name: 'sa_api' },
    ['RootAdmin'],
  ),
  user(
    '2dbf2f0c-3f4c-4d3f-9a56-0c5f1e9a7a02',
    { userDirectory: internal, userId: 'sa_repository', name: 'sa_repository' },
    ['RootAdmin'],
  ),
  user('3ebf2f0c-3f4c-4d3f-9a56-0c5f1e9a7a03', { ...ORDINARY_USER, name: 'Jane Doe' }, []),
];

/** All users; the faults concern the service account. */
export function users(faults: Faults): readonly UserRecord[] {
  return healthy.flatMap((each) =>
    sameIdentity(each, SERVICE_ACCOUNT) ? serviceAccount(each, faults) : [each],
  );
}

function serviceAccount(account: UserRecord, faults: Faults): readonly UserRecord[] {
  if (faults.userMissing) return [];
  const { noRootAdmin, userInactive } = faults;
  const state = {
    inactive: userInactive === true,
    removedExternally: userInactive === 'removed',
    blacklisted: userInactive === 'blocked',
  };
  return [{ ...account, roles: noRootAdmin ? [] : account.roles, ...state }];
}

function user(
  id: string,
  who: { userDirectory: string; userId: string; name: string },
  roles: readonly string[],
): UserRecord {
  return {
    id,
    ...CREATED,
    customProperties: [],
    userId: who.userId,
    userDirectory: who.userDirectory,
    userDirectoryConnectorName: who.userDirectory,
    name: who.name,
    roles,
    attributes: [],
    inactive: false,
    removedExternally: false,
    blacklisted: false,
    deleteProhibited: who.userDirectory === internal,
    tags: [],
    favorites: [],
    privileges: ['read', 'update', 'delete'],
    schemaPath: 'User',
  };
}
