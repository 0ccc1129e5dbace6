import { beforeAll, describe, expect, test } from 'vitest';
import { Chart, type Values } from '../installation/chart.ts';
import { apply, restrictedNamespace } from '../installation/apply.ts';
import { sharedKubectl } from './cluster.ts';

/** Installations side by side, by the name of release and namespace. */
const INSTALLATIONS: Readonly<Record<string, Values>> = {
  'rights-all': { secretAccess: { namespaces: ['rights-finance'] } },
  'rights-some': { watchNamespaces: ['rights-finance', 'rights-sales'] },
  'rights-named': {
    secretAccess: {
      mode: 'named',
      named: [
        { namespace: 'rights-finance', secrets: ['cert'], configMaps: ['ca'] },
        { namespace: 'rights-sales', secrets: ['oauth'] },
      ],
    },
  },
  'rights-alone': { leaderElection: { enabled: false } },
  'rights-none': { rbac: { create: false } },
};

const ANYWHERE = '--all-namespaces';
type Row = readonly [verb: string, object: string, where: string, allowed: boolean];

const OF_OPERATOR: Readonly<Record<string, readonly Row[]>> = {
  'rights-all': [
    ['list', 'qlikservers', ANYWHERE, true],
    ['watch', 'qlikservers', ANYWHERE, true],
    ['update', 'qlikservers/status', ANYWHERE, true],
    ['create', 'events.events.k8s.io', ANYWHERE, true],
    ['get', 'customresourcedefinitions/qlikservers.kpimailer.io', ANYWHERE, true],
    ['get', 'customresourcedefinitions/other.example', ANYWHERE, false],
    ['list', 'customresourcedefinitions', ANYWHERE, false],
    ['update', 'customresourcedefinitions/qlikservers.kpimailer.io', ANYWHERE, false],
    ['get', 'qlikservers', ANYWHERE, true],
    ['create', 'qlikservers', ANYWHERE, false],
    ['update', 'qlikservers', ANYWHERE, false],
    ['patch', 'qlikservers', ANYWHERE, false],
    ['delete', 'qlikservers', ANYWHERE, false],
    ['patch', 'qlikservers/status', ANYWHERE, false],
    ['create', 'qlikapps', ANYWHERE, true],
    ['patch', 'qlikapps', ANYWHERE, true],
    ['delete', 'qlikapps', ANYWHERE, true],
    ['watch', 'qlikapps', ANYWHERE, false],
    ['deletecollection', 'qlikapps', ANYWHERE, false],
    ['patch', 'qlikexecutions', ANYWHERE, true],
    ['patch', 'qlikexecutions/status', ANYWHERE, true],
    ['create', 'qlikexecutions', ANYWHERE, false],
    ['delete', 'qlikexecutions', ANYWHERE, false],
    ['watch', 'jobs.batch', ANYWHERE, true],
    ['patch', 'jobs.batch', ANYWHERE, true],
    ['create', 'jobs.batch', ANYWHERE, false],
    ['update', 'jobs.batch', ANYWHERE, false],
    ['delete', 'jobs.batch', ANYWHERE, false],
    ['list', 'cronjobs.batch', ANYWHERE, false],
    ['list', 'pods', ANYWHERE, true],
    ['watch', 'pods', ANYWHERE, false],
    ['create', 'pods', ANYWHERE, false],
    ['delete', 'pods', ANYWHERE, false],
    ['get', 'pods/log', ANYWHERE, false],
    ['watch', 'priorityclasses', ANYWHERE, true],
    ['get', 'namespaces', ANYWHERE, true],
    ['list', 'namespaces', ANYWHERE, false],
    // Who holds a slot is known in the namespace of the operator alone.
    ['create', 'qlikexecutionledgers', 'rights-all', true],
    ['update', 'qlikexecutionledgers', 'rights-all', true],
    ['delete', 'qlikexecutionledgers', 'rights-all', true],
    ['list', 'qlikexecutionledgers', 'rights-finance', false],
    ['update', 'qlikexecutionledgers', 'rights-finance', false],
    ['list', 'events.events.k8s.io', ANYWHERE, false],
    ['get', 'secrets', ANYWHERE, false],
    ['list', 'secrets', ANYWHERE, false],
    ['watch', 'secrets', ANYWHERE, false],
    ['get', 'configmaps', ANYWHERE, false],
    ['list', 'configmaps', ANYWHERE, false],
    ['watch', 'configmaps', ANYWHERE, false],
    ['get', 'secrets', 'rights-finance', true],
    ['list', 'secrets', 'rights-finance', true],
    ['watch', 'secrets', 'rights-finance', true],
    ['list', 'configmaps', 'rights-finance', true],
    ['create', 'secrets', 'rights-finance', true],
    ['update', 'secrets', 'rights-finance', true],
    ['delete', 'secrets', 'rights-finance', true],
    ['list', 'secrets', 'rights-sales', false],
    ['get', 'secrets', 'rights-all', false],
    ['get', 'configmaps', 'rights-all', false],
    ['get', 'leases/qlik-operator', 'rights-all', true],
    ['update', 'leases/qlik-operator', 'rights-all', true],
    ['create', 'leases', 'rights-all', true],
    ['update', 'leases/other', 'rights-all', false],
    ['delete', 'leases/qlik-operator', 'rights-all', false],
    // Those of QlikExecutions are their holders' to renew.
    ['get', 'leases', 'rights-finance', true],
    ['update', 'leases', 'rights-finance', false],
    ['create', 'serviceaccounts/token', 'rights-all', false],
    ['impersonate', 'users', ANYWHERE, false],
    ['bind', 'clusterroles', ANYWHERE, false],
    ['escalate', 'clusterroles', ANYWHERE, false],
  ],
  'rights-some': [
    ['list', 'qlikservers', ANYWHERE, false],
    ['update', 'qlikservers/status', ANYWHERE, false],
    ['list', 'qlikapps', ANYWHERE, false],
    ['list', 'qlikexecutions', ANYWHERE, false],
    ['list', 'jobs.batch', ANYWHERE, false],
    ['list', 'pods', ANYWHERE, false],
    ['create', 'events.events.k8s.io', ANYWHERE, false],
    ['list', 'secrets', ANYWHERE, false],
    ['watch', 'priorityclasses', ANYWHERE, true],
    ['get', 'customresourcedefinitions/qlikservers.kpimailer.io', ANYWHERE, true],
    ['list', 'qlikservers', 'rights-finance', true],
    ['watch', 'qlikservers', 'rights-sales', true],
    ['update', 'qlikservers/status', 'rights-sales', true],
    ['create', 'qlikapps', 'rights-sales', true],
    ['watch', 'qlikexecutions', 'rights-sales', true],
    ['patch', 'jobs.batch', 'rights-finance', true],
    ['list', 'pods', 'rights-finance', true],
    ['update', 'qlikexecutionledgers', 'rights-some', true],
    ['update', 'qlikexecutionledgers', 'rights-finance', false],
    ['create', 'events.events.k8s.io', 'rights-sales', true],
    ['watch', 'secrets', 'rights-sales', true],
    ['watch', 'configmaps', 'rights-finance', true],
    ['list', 'qlikservers', 'rights-all', false],
    ['list', 'secrets', 'rights-all', false],
  ],
  'rights-named': [
    ['list', 'qlikservers', ANYWHERE, true],
    ['get', 'secrets/cert', 'rights-finance', true],
    ['list', 'secrets/cert', 'rights-finance', true],
    ['watch', 'secrets/cert', 'rights-finance', true],
    ['watch', 'configmaps/ca', 'rights-finance', true],
    ['get', 'secrets/oauth', 'rights-sales', true],
    ['get', 'secrets/oauth', 'rights-finance', false],
    ['get', 'secrets/other', 'rights-finance', false],
    ['list', 'secrets', 'rights-finance', false],
    ['watch', 'secrets', 'rights-finance', false],
    ['list', 'configmaps', 'rights-finance', false],
    // An entry without ConfigMaps must not become a rule without names, which would mean all of them.
    ['get', 'configmaps/any', 'rights-sales', false],
    ['list', 'configmaps', 'rights-sales', false],
    ['list', 'secrets', ANYWHERE, false],
  ],
  'rights-alone': [
    ['list', 'qlikservers', ANYWHERE, true],
    ['update', 'leases/qlik-operator', 'rights-alone', false],
    ['create', 'leases', 'rights-alone', false],
    // The ledgers do not depend on an election.
    ['update', 'qlikexecutionledgers', 'rights-alone', true],
    // Nothing is bound until somebody says where.
    ['get', 'secrets', 'rights-finance', false],
  ],
  'rights-none': [
    ['list', 'qlikservers', ANYWHERE, false],
    ['get', 'secrets', 'rights-none', false],
    ['get', 'leases/qlik-operator', 'rights-none', false],
    ['get', 'qlikexecutionledgers', 'rights-none', false],
  ],
};

/** Of users who are bound to one of the ClusterRoles in rights-finance. */
const OF_USERS: Readonly<Record<string, readonly Row[]>> = {
  viewer: [
    ['list', 'qlikservers', 'rights-finance', true],
    ['watch', 'qlikservers', 'rights-finance', true],
    ['create', 'qlikservers', 'rights-finance', false],
    ['list', 'qlikservers', 'rights-sales', false],
    ['list', 'qlikapps', 'rights-finance', true],
    ['list', 'qlikexecutions', 'rights-finance', true],
    ['watch', 'qlikconnectiontests', 'rights-finance', true],
    ['create', 'qlikconnectiontests', 'rights-finance', false],
    ['delete', 'qlikexecutions', 'rights-finance', false],
    ['get', 'secrets', 'rights-finance', false],
  ],
  editor: [
    ['create', 'qlikservers', 'rights-finance', true],
    ['patch', 'qlikservers', 'rights-finance', true],
    ['delete', 'qlikservers', 'rights-finance', true],
    ['create', 'qlikexecutions', 'rights-finance', true],
    ['create', 'qlikconnectiontests', 'rights-finance', true],
    ['update', 'qlikconnectiontests/status', 'rights-finance', false],
    // The verdicts are the operator's, and so are the apps and who holds a slot.
    ['update', 'qlikservers/status', 'rights-finance', false],
    ['update', 'qlikexecutions/status', 'rights-finance', false],
    ['create', 'qlikapps', 'rights-finance', false],
    ['update', 'qlikexecutionledgers', 'rights-finance', false],
    ['get', 'secrets', 'rights-finance', false],
  ],
  executor: [
    ['get', 'qlikservers', 'rights-finance', true],
    ['watch', 'qlikservers', 'rights-finance', true],
    ['watch', 'qlikapps', 'rights-finance', true],
    ['patch', 'qlikservers', 'rights-finance', false],
    ['list', 'qlikapps', 'rights-finance', true],
    ['create', 'qlikexecutions', 'rights-finance', true],
    ['delete', 'qlikexecutions', 'rights-finance', true],
    ['patch', 'qlikexecutions', 'rights-finance', false],
    ['update', 'qlikexecutions/status', 'rights-finance', false],
    ['update', 'leases', 'rights-finance', true],
    ['get', 'secrets', 'rights-finance', false],
  ],
};

/** What stands behind a slash and is no name. */
const SUBRESOURCES = new Set(['status', 'token', 'log']);

const KINDS = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount'];

beforeAll(async () => {
  const chart = await Chart.open();
  const kubectl = sharedKubectl();
  const namespaces = [...Object.keys(INSTALLATIONS), 'rights-finance', 'rights-sales'];
  await apply(kubectl, ...namespaces.map(restrictedNamespace));
  for (const [name, values] of Object.entries(INSTALLATIONS)) {
    const release = { name, namespace: name };
    const rendered = await chart.render({ ...values, fullnameOverride: name }, release);
    await apply(kubectl, ...rendered.ofKind(...KINDS));
  }
  const bindings = Object.keys(OF_USERS).map((role) => bindingOf(role, `rights-all-${role}`));
  await apply(kubectl, ...bindings);
});

describe.each(Object.entries(OF_OPERATOR))('the operator of %s', (name, rows) => {
  test.each(rows)('%s %s in %s: %s', async (verb, object, where, allowed) => {
    expect(await can(`system:serviceaccount:${name}:${name}`, [verb, object], where)).toBe(allowed);
  });
});

describe.each(Object.entries(OF_USERS))('a user with the role %s', (role, rows) => {
  test.each(rows)('%s %s in %s: %s', async (verb, object, where, allowed) => {
    expect(await can(`user-${role}`, [verb, object], where)).toBe(allowed);
  });
});

function bindingOf(role: string, clusterRole: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `user-${role}`, namespace: 'rights-finance' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `user-${role}` }],
  };
}

/** `kubectl auth can-i`, which takes a subresource as a flag. Throws when it does not understand the question. */
async function can(user: string, [verb, object]: readonly [string, string], where: string): Promise<boolean> {
  const [resource = '', rest] = object.split('/');
  const isSubresource = rest !== undefined && SUBRESOURCES.has(rest);
  const { stdout, stderr } = await sharedKubectl()([
    'auth',
    'can-i',
    verb,
    isSubresource ? resource : object,
    ...(isSubresource ? [`--subresource=${rest}`] : []),
    where === ANYWHERE ? where : `--namespace=${where}`,
    `--as=${user}`,
  ]);
  const answer = stdout.trim().split(/\s/u)[0];
  const doubts = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.includes('is not namespace scoped'));
  if (doubts.length > 0 || !['yes', 'no'].includes(answer ?? ''))
    throw new Error(`can-i ${verb} ${object}: ${stdout}${stderr}`);
  return answer === 'yes';
}
