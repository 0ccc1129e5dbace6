import { beforeAll, describe, expect, test } from 'vitest';
import { Chart, type Values } from '../installation/chart.ts';

/** Why it must be refused, the values, and the place that the error names. */
const REFUSED: readonly (readonly [why: string, values: Values, place: string | RegExp])[] = [
  ['a value that does not exist', { replicaCount: 2 }, `additional properties 'replicaCount'`],
  ['a slip inside an object', { image: { repo: 'x' } }, `'/image': additional properties 'repo'`],
  ['a slip two levels down', { metrics: { podMonitor: { enable: true } } }, `'/metrics/podMonitor'`],
  ['a slip in an entry of a list', named({ secret: ['a'] }), `'/secretAccess/named/0'`],
  ['a number as text', { replicas: '2' }, `'/replicas': got string, want integer`],
  ['a fraction', { replicas: 1.5 }, `'/replicas'`],
  ['a word that is not in the list', { logLevel: 'verbose' }, `'/logLevel': value must be one of`],
  ['a log format that is not in the list', { logFormat: 'yaml' }, `'/logFormat'`],
  ['a mode that is not in the list', { secretAccess: { mode: 'cluster' } }, `'/secretAccess/mode'`],
  ['a pull policy in lower case', { image: { pullPolicy: 'always' } }, `'/image/pullPolicy'`],
  ['a digest without its algorithm', { image: { digest: 'a'.repeat(64) } }, `'/image/digest'`],
  ['a tag with a colon', { image: { tag: ':1' } }, `'/image/tag'`],
  ['too many checks at once', { concurrency: 1001 }, `'/concurrency': maximum`],
  ['no checks at all', { concurrency: 0 }, `'/concurrency': minimum`],
  ['no writes of apps at all', { appWriteQps: 0 }, `'/appWriteQps': minimum`],
  ['seconds as a number', { minCheckInterval: 10 }, `'/minCheckInterval': got number, want string`],
  ['a unit that does not exist', { minCheckInterval: '1d' }, `'/minCheckInterval'`],
  [
    'a duration without units',
    { leaderElection: { leaseDuration: '15' } },
    `'/leaderElection/leaseDuration'`,
  ],
  ['an empty duration', { leaderElection: { retryPeriod: '' } }, `'/leaderElection/retryPeriod'`],
  ['a namespace in capitals', { watchNamespaces: ['Finance'] }, `'/watchNamespaces/0'`],
  ['namespaces in one text', { watchNamespaces: 'a,b' }, `'/watchNamespaces': got string, want array`],
  ['a namespace twice', { watchNamespaces: ['a', 'a'] }, `'/watchNamespaces'`],
  ['a URL as an allowed host', { allowedHosts: ['https://qlik'] }, `'/allowedHosts/0'`],
  ['a pattern in the middle of a host', { allowedHosts: ['qlik.*.example'] }, `'/allowedHosts/0'`],
  // RBAC takes a rule without resourceNames for all objects.
  ['no names where names give rights', named({ secrets: [] }), `'/secretAccess/named/0/secrets': minItems`],
  ['an entry that names nothing', named({}), `'/secretAccess/named/0'`],
  ['a pattern for Secrets', named({ secrets: ['*'] }), `'/secretAccess/named/0/secrets/0'`],
  ['an empty name of a Secret', named({ secrets: [''] }), `'/secretAccess/named/0/secrets/0'`],
  ['a port of the privileged', { metrics: { port: 80 } }, `'/metrics/port': minimum`],
  ['a password in the URL of a proxy', { proxy: { httpsProxy: 'http://u:p@proxy' } }, `'/proxy/httpsProxy'`],
  ['a proxy that is no URL', { proxy: { httpProxy: 'proxy:3128' } }, `'/proxy/httpProxy'`],
  ['a boolean as text', { crds: { install: 'false' } }, `'/crds/install': got string, want boolean`],
  ['a number as the value of a variable', { extraEnv: [{ name: 'A', value: 1 }] }, `'/extraEnv/0/value'`],
  [
    'a path as the key of authorities',
    { trust: { configMapKeyRef: { key: 'a/b' } } },
    `'/trust/configMapKeyRef/key'`,
  ],
  ['a strategy that does not exist', { strategy: { type: 'Canary' } }, `'/strategy/type'`],
  [
    'no grace to write a last status',
    { terminationGracePeriodSeconds: 0 },
    `'/terminationGracePeriodSeconds'`,
  ],

  [
    'two replicas that nobody tells apart',
    { replicas: 2, leaderElection: { enabled: false } },
    /replicas must be at most 1 .*it is 2/u,
  ],
  [
    'an update that lets two replicas work',
    { strategy: { type: 'RollingUpdate' }, leaderElection: { enabled: false } },
    'strategy.type must be Recreate',
  ],
  [
    'names of Secrets in the other mode',
    { secretAccess: { named: [{ namespace: 'a', secrets: ['b'] }] } },
    'secretAccess.named must be empty',
  ],
  [
    'namespaces in the other mode',
    { secretAccess: { mode: 'named', namespaces: ['a'] } },
    'secretAccess.namespaces must be empty',
  ],
  [
    'a namespace of Secrets twice',
    {
      secretAccess: {
        mode: 'named',
        named: [
          { namespace: 'a', secrets: ['b'] },
          { namespace: 'a', secrets: ['c'] },
        ],
      },
    },
    'secretAccess.named has the namespace "a" twice',
  ],
  [
    'Secrets where no QlikServer is looked after',
    { watchNamespaces: ['a'], secretAccess: { namespaces: ['b'] } },
    'secretAccess names the namespace "b"',
  ],
  [
    'named Secrets where no QlikServer is looked after',
    { watchNamespaces: ['a'], ...named({ secrets: ['c'] }, 'b') },
    'secretAccess names the namespace "b"',
  ],
];

/** What a parent chart, or a values file shared by several charts, may bring along. */
const TOLERATED: readonly (readonly [what: string, values: Values])[] = [
  ['global values of any shape', { global: { imageRegistry: 'x', deep: { er: [1] } } }],
  ['the condition of a dependency', { enabled: true }],
  ['the tags of a dependency', { tags: { qlik: true } }],
  ['anchors of YAML', { 'x-labels': { team: 'a' } }],
  ['null for "as if it were not there"', { nodeSelector: null, image: { tag: null } }],
];

function named(entry: Values, namespace = 'a'): Values {
  return { secretAccess: { mode: 'named', named: [{ namespace, ...entry }] } };
}

let chart: Chart;

beforeAll(async () => {
  chart = await Chart.open();
});

describe('refused, with the place in the message', () => {
  test.each(REFUSED)('%s', async (_why, values, place) => {
    const { code, stderr } = await chart.template(values);
    expect(stderr).toMatch(place);
    expect(code).not.toBe(0);
  });
});

describe('tolerated', () => {
  test.each(TOLERATED)('%s', async (_what, values) => {
    const { code, stderr } = await chart.template(values);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});
