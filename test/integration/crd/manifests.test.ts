import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { freshNamespace } from '../namespace.ts';
import { KindApi, refusals } from './api.ts';
import { APP_SYNC } from './app-sync-rows.ts';
import { EXECUTIONS } from './executions-rows.ts';
import { badDuration, badName, durationRows, invalid, type Row, testRows } from './rows.ts';
import { CLOUD, MINIMAL, minimalWith } from './specs.ts';

const badBranch = invalid(
  '',
  'exactly one branch must be set, the one of type: onPremise when type is OnPremise, cloud when it is Cloud',
);

const SERVER_URL = 'onPremise.serverUrl';
const badUrl = invalid(
  SERVER_URL,
  'serverUrl must be an https:// address with a host, an optional port and a lower case path, without user info, query or fragment, such as https://qlik.corp.example/kpi',
);
const badPath =
  'serverUrl must have at most one path segment, the prefix of the virtual proxy; where a load balancer rewrites the path, set virtualProxyPrefix';
const url = (serverUrl: string) => ({ [SERVER_URL]: serverUrl });

const urls: readonly Row[] = [
  ['a URL without a path is the default virtual proxy', url('https://qlik.corp.example')],
  ['a trailing slash does no harm', url('https://qlik.corp.example/kpi/')],
  ['a slash alone is no path', url('https://qlik.corp.example/')],
  ['a machine name without a domain is a host', url('https://QS1/kpi')],
  ['an IPv4 address is a host', url('https://192.0.2.7/kpi')],
  ['an IPv6 address in brackets is a host', url('https://[2001:db8::1]:8443/kpi')],
  ['port 1 is the lowest', url('https://qlik:1')],
  ['port 65535 is the highest', url('https://qlik:65535/kpi')],
  ['port 0 is none', url('https://qlik:0/kpi'), badUrl],
  ['port 65536 is none', url('https://qlik:65536/kpi'), badUrl],
  ['a port needs digits', url('https://qlik:/kpi'), badUrl],
  ['an IPv6 address needs its brackets', url('https://2001:db8::1/kpi'), badUrl],
  ['http is refused', url('http://qlik.corp.example/kpi'), badUrl],
  ['an upper case scheme is refused', url('HTTPS://qlik.corp.example/kpi'), badUrl],
  ['user info is refused', url('https://me:secret@qlik.corp.example/kpi'), badUrl],
  ['a query is refused', url('https://qlik.corp.example/kpi?a=b'), badUrl],
  ['a fragment is refused', url('https://qlik.corp.example/kpi#hub'), badUrl],
  ['an upper case path is refused', url('https://qlik.corp.example/KPI'), badUrl],
  ['a double slash is refused', url('https://qlik.corp.example//kpi'), badUrl],
  ['a host with an underscore is refused', url('https://qlik_1/kpi'), badUrl],
  ['a line end behind the URL is refused', url('https://qlik.corp.example/kpi\n'), badUrl],
  ['the empty URL is refused', url(''), badUrl],
  ['512 characters are allowed', url(`https://qlik/${'a'.repeat(499)}`)],
  [
    '513 characters are not',
    url(`https://qlik/${'a'.repeat(500)}`),
    `spec.${SERVER_URL}: Too long: may not be more than 512 bytes`,
  ],
  [
    'two path segments do not say which of them is the prefix',
    url('https://qlik.corp.example/tenant/kpi'),
    invalid('onPremise', badPath),
  ],
  [
    'with virtualProxyPrefix they do',
    { ...url('https://qlik.corp.example/tenant/kpi'), 'onPremise.virtualProxyPrefix': 'kpi' },
  ],
  [
    'the empty prefix is the default virtual proxy',
    { ...url('https://qlik.corp.example/tenant/kpi'), 'onPremise.virtualProxyPrefix': '' },
  ],
  ['a URL is needed', { [SERVER_URL]: undefined }, `spec.${SERVER_URL}: Required value`],
];

const badPrefix = invalid(
  'onPremise.virtualProxyPrefix',
  'virtualProxyPrefix must be one path segment of lower case letters, digits, ".", "_", "~" and "-", without a slash',
);
const badAccount = (field: string) =>
  invalid(
    `onPremise.${field}`,
    `${field} must not be empty, contain a backslash or control character, or begin or end with a space; directory and user have a field each`,
  );
const badAdmin = invalid(
  'onPremise.repositoryService.adminUser',
  String.raw`repositoryService.adminUser must be a directory, one backslash and a user, such as INTERNAL\sa_api`,
);
const DIRECTORY = 'onPremise.userDirectory';
const USER = 'onPremise.serviceAccountUser';
const ADMIN = 'onPremise.repositoryService.adminUser';

const accounts: readonly Row[] = [
  ['a prefix has no slash', { 'onPremise.virtualProxyPrefix': '/kpi' }, badPrefix],
  ['a prefix is lower case', { 'onPremise.virtualProxyPrefix': 'KPI' }, badPrefix],
  ['one character is an account', { [DIRECTORY]: 'C', [USER]: 's' }],
  ['spaces inside and other scripts are allowed', { [DIRECTORY]: 'CORP EU', [USER]: 'Jörg Müller-Δ@corp' }],
  [
    'the directory is not part of the user',
    { [USER]: String.raw`CORP\svc` },
    badAccount('serviceAccountUser'),
  ],
  ['a directory has no backslash', { [DIRECTORY]: String.raw`CORP\EU` }, badAccount('userDirectory')],
  ['an empty user is none', { [USER]: '' }, badAccount('serviceAccountUser')],
  ['an empty directory is none', { [DIRECTORY]: '' }, badAccount('userDirectory')],
  ['a space in front is refused', { [USER]: ' svc' }, badAccount('serviceAccountUser')],
  ['a space behind is refused', { [DIRECTORY]: 'CORP ' }, badAccount('userDirectory')],
  ['a line end behind is refused', { [USER]: 'svc\n' }, badAccount('serviceAccountUser')],
  ['a tab inside is refused', { [USER]: 's\tvc' }, badAccount('serviceAccountUser')],
  [
    'a user of 257 characters is too long',
    { [USER]: 'u'.repeat(257) },
    `spec.${USER}: Too long: may not be more than 256 bytes`,
  ],
  ['a user is needed', { [USER]: undefined }, `spec.${USER}: Required value`],
  ['a directory is needed', { [DIRECTORY]: undefined }, `spec.${DIRECTORY}: Required value`],
  ['an administrator has a directory and a user', { [ADMIN]: String.raw`CORP\admin one` }],
  ['an administrator without a directory is refused', { [ADMIN]: 'sa_api' }, badAdmin],
  ['an administrator with an empty directory is refused', { [ADMIN]: String.raw`\sa_api` }, badAdmin],
  ['two backslashes are refused', { [ADMIN]: String.raw`INTERNAL\\sa_api` }, badAdmin],
];

const REPOSITORY = 'onPremise.repositoryService';
const PROXY = 'onPremise.proxyService';
const badHost = (field: string) =>
  invalid(`onPremise.${field}`, `${field} must be a host name or IP address alone: no scheme, port or path`);

const services: readonly Row[] = [
  [
    'every field of both services can be set',
    {
      [REPOSITORY]: {
        host: 'qrs',
        port: 1,
        tlsServerName: 'QS1',
        adminUser: String.raw`INTERNAL\sa_repository`,
      },
      [PROXY]: { host: '[::1]', port: 65_535, tlsServerName: 'qs1.corp.example' },
    },
  ],
  [
    'port 0 is none',
    { [`${REPOSITORY}.port`]: 0 },
    `spec.${REPOSITORY}.port: Invalid value: 0: spec.${REPOSITORY}.port in body should be greater than or equal to 1`,
  ],
  [
    'port 65536 is none',
    { [`${PROXY}.port`]: 65_536 },
    `spec.${PROXY}.port: Invalid value: 65536: spec.${PROXY}.port in body should be less than or equal to 65535`,
  ],
  [
    'a port is a number',
    { [`${REPOSITORY}.port`]: '4242' },
    `spec.${REPOSITORY}.port: Invalid value: "string": spec.${REPOSITORY}.port in body must be of type integer: "string"`,
  ],
  [
    'a port is a whole number',
    { [`${PROXY}.port`]: 4243.5 },
    `spec.${PROXY}.port: Invalid value: "number": spec.${PROXY}.port in body must be of type integer: "number"`,
    `<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.${PROXY}.port`,
  ],
  ['a host has no port', { [`${REPOSITORY}.host`]: 'qlik:4242' }, badHost('repositoryService.host')],
  ['a host has no scheme', { [`${PROXY}.host`]: 'https://qlik' }, badHost('proxyService.host')],
  [
    'a TLS server name is a host',
    { [`${REPOSITORY}.tlsServerName`]: 'CN=qlik' },
    badHost('repositoryService.tlsServerName'),
  ],
  [
    'so it is for the proxy service',
    { [`${PROXY}.tlsServerName`]: '*.corp.example' },
    badHost('proxyService.tlsServerName'),
  ],
  ['the configuration alone may be checked', { 'onPremise.virtualProxyCheck': 'Configuration' }],
  [
    'there is no third way to check',
    { 'onPremise.virtualProxyCheck': 'None' },
    'spec.onPremise.virtualProxyCheck: Unsupported value: "None": supported values: "SignIn", "Configuration"',
  ],
  ['TLS verification can be switched off', { 'onPremise.insecureSkipTlsVerify': true }],
];

const CERTIFICATE = 'onPremise.clientCertificate';
const badCertificate = invalid(CERTIFICATE, 'clientCertificate must have exactly one of pkcs12 and tls');
const badKey = (path: string, field: string) =>
  invalid(path, `${field} must be a key of a Secret or ConfigMap: letters, digits, "-", "_" and "."`);

const certificates: readonly Row[] = [
  ['a tls Secret is a client certificate', { [CERTIFICATE]: { tls: { secretName: 'qlik-tls' } } }],
  [
    'every field of a PKCS#12 file can be set',
    {
      [CERTIFICATE]: {
        pkcs12: {
          secretName: 'a.b-c',
          key: 'My_File.PFX',
          passwordKey: 'pass',
          passwordSecretName: 'other',
        },
      },
    },
  ],
  ['neither form is refused', { [CERTIFICATE]: {} }, badCertificate],
  ['both forms are refused', { [`${CERTIFICATE}.tls`]: { secretName: 'qlik-tls' } }, badCertificate],
  ['a certificate is needed', { [CERTIFICATE]: undefined }, `spec.${CERTIFICATE}: Required value`],
  [
    'a PKCS#12 file is in a Secret',
    { [CERTIFICATE]: { pkcs12: {} } },
    `spec.${CERTIFICATE}.pkcs12.secretName: Required value`,
  ],
  [
    'a Secret name is lower case',
    { [`${CERTIFICATE}.pkcs12.secretName`]: 'Qlik' },
    badName(`${CERTIFICATE}.pkcs12.secretName`, 'pkcs12.secretName'),
  ],
  [
    'another namespace cannot be named',
    { [`${CERTIFICATE}.pkcs12.passwordSecretName`]: 'other/secret' },
    badName(`${CERTIFICATE}.pkcs12.passwordSecretName`, 'pkcs12.passwordSecretName'),
  ],
  [
    'the name of a tls Secret follows the same rule',
    { [CERTIFICATE]: { tls: { secretName: '-' } } },
    badName(`${CERTIFICATE}.tls.secretName`, 'tls.secretName'),
  ],
  [
    'a key has no slash',
    { [`${CERTIFICATE}.pkcs12.key`]: 'certs/client.pfx' },
    badKey(`${CERTIFICATE}.pkcs12.key`, 'pkcs12.key'),
  ],
  [
    'an empty key is none',
    { [`${CERTIFICATE}.pkcs12.passwordKey`]: '' },
    badKey(`${CERTIFICATE}.pkcs12.passwordKey`, 'pkcs12.passwordKey'),
  ],
];

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const configMap = { configMapKeyRef: { name: 'company-ca' } };
const secret = { secretKeyRef: { name: 'qlik-ca', key: 'root.cer' } };
const badTrust = invalid(
  'trust[1]',
  'each entry of trust must have exactly one of configMapKeyRef and secretKeyRef',
);

const trust: readonly Row[] = [
  ['16 authorities can be trusted, of both kinds', { trust: [secret, ...times(15, configMap)] }],
  [
    '17 are too many',
    { trust: times(17, configMap) },
    'spec.trust: Too many: 17: must have at most 16 items',
  ],
  ['an entry with neither kind is refused', { trust: [secret, {}] }, badTrust],
  ['an entry with both kinds is refused', { trust: [secret, { ...secret, ...configMap }] }, badTrust],
  [
    'a ConfigMap has a name',
    { trust: [{ configMapKeyRef: { key: 'ca.crt' } }] },
    'spec.trust[0].configMapKeyRef.name: Required value',
  ],
  [
    'of lower case letters',
    { trust: [{ configMapKeyRef: { name: 'CA' } }] },
    badName('trust[0].configMapKeyRef.name', 'configMapKeyRef.name'),
  ],
  [
    'a key of a Secret has no space',
    { trust: [{ secretKeyRef: { name: 'ca', key: 'my ca' } }] },
    badKey('trust[0].secretKeyRef.key', 'secretKeyRef.key'),
  ],
];

const WARNINGS = 'checks.expiryWarningDays';

const durations: readonly Row[] = [
  ...durationRows('checks.interval', ['10s', '9s999ms', '24h', '24h1ms']),
  ...durationRows('checks.timeout', ['5s', '4999ms', '5m', '300001ms']),
  ...durationRows('checks.retryInterval', ['1s', '999ms', '1h', '60m1ms']),
  ...durationRows('checks.signInProofInterval', ['1m', '59s', '24h', '1440m1s']),
  ['units may be combined', { 'checks.interval': '1h30m5s250ms' }],
  ...['', '5', '5 m', '5M', '-5m', '1.5h', '30m1h', '1d', '60000000us', '0000060s', '5m\n'].map(
    (text): Row => [
      `${JSON.stringify(text)} is not a duration`,
      { 'checks.interval': text },
      badDuration('checks.interval', '10s', '24h'),
    ],
  ),
  [
    'a duration is a text',
    { 'checks.timeout': 60 },
    'spec.checks.timeout: Invalid value: "integer": spec.checks.timeout in body must be of type string: "integer"',
  ],
  ['nobody need be warned', { [WARNINGS]: [] }],
  ['warnings may come a year before, and a day', { [WARNINGS]: [365, 1] }],
  [
    'a day is the least',
    { [WARNINGS]: [0] },
    `spec.${WARNINGS}[0]: Invalid value: 0: spec.${WARNINGS}[0] in body should be greater than or equal to 1`,
  ],
  [
    'a year is the most',
    { [WARNINGS]: [366] },
    `spec.${WARNINGS}[0]: Invalid value: 366: spec.${WARNINGS}[0] in body should be less than or equal to 365`,
  ],
  ['a warning comes once', { [WARNINGS]: [7, 7] }, `spec.${WARNINGS}[1]: Duplicate value: 7`],
  [
    'nine warnings are too many',
    { [WARNINGS]: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    `spec.${WARNINGS}: Too many: 9: must have at most 8 items`,
  ],
  ['failureThreshold may be 1', { 'checks.failureThreshold': 1 }],
  ['failureThreshold may be 10', { 'checks.failureThreshold': 10 }],
  [
    'failureThreshold may not be 0',
    { 'checks.failureThreshold': 0 },
    'spec.checks.failureThreshold: Invalid value: 0: spec.checks.failureThreshold in body should be greater than or equal to 1',
  ],
  [
    'failureThreshold may not be 11',
    { 'checks.failureThreshold': 11 },
    'spec.checks.failureThreshold: Invalid value: 11: spec.checks.failureThreshold in body should be less than or equal to 10',
  ],
];

const general: readonly Row[] = [
  ['the minimal example is enough', {}],
  ['a Secret for executions is named', { binding: { secretName: 'finance-qlik' } }],
  [
    'its name has no capitals',
    { binding: { secretName: 'Finance' } },
    badName('binding.secretName', 'binding.secretName'),
  ],
  ['a binding has a name', { binding: {} }, 'spec.binding.secretName: Required value'],
  ['a display name of 1 character', { displayName: 'Q' }],
  ['a display name counts characters, not bytes', { displayName: 'ß'.repeat(128) }],
  ['a server can be suspended and ready without a connection', { suspend: true, readiness: 'Configured' }],
  [
    'an empty display name is refused',
    { displayName: '' },
    'spec.displayName: Invalid value: "": spec.displayName in body should be at least 1 chars long',
  ],
  [
    'a display name of 129 characters is refused',
    { displayName: 'q'.repeat(129) },
    'spec.displayName: Too long: may not be more than 128 bytes',
  ],
  [
    'there is no third readiness',
    { readiness: 'Always' },
    'spec.readiness: Unsupported value: "Always": supported values: "Connected", "Configured"',
  ],
  ['a type is needed', { type: undefined }, 'spec.type: Required value'],
  [
    'there is no third type',
    { type: 'Desktop' },
    'spec.type: Unsupported value: "Desktop": supported values: "OnPremise", "Cloud"',
  ],
  ['the type Cloud needs cloud', { type: 'Cloud' }, badBranch],
  ['the type OnPremise needs onPremise', { onPremise: undefined }, badBranch],
  ['the type OnPremise takes no cloud beside', { cloud: CLOUD['cloud'] }, badBranch],
  ['the type Cloud takes no onPremise beside', CLOUD, badBranch],
];

const tenant = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...CLOUD,
  onPremise: undefined,
  ...changes,
});
const badTenantUrl = invalid(
  'cloud.tenantUrl',
  'tenantUrl must be an https:// address with a host and nothing behind it, such as https://acme.eu.qlikcloud.com',
);

const badProxy = invalid(
  'httpProxy',
  'httpProxy must be an http:// address with a host and nothing behind the port, such as http://proxy.corp.example:3128; user and password are not possible',
);

const proxies: readonly Row[] = [
  ['a proxy may be named', { httpProxy: 'http://proxy.corp.example:3128' }],
  ['a proxy has no user info', { httpProxy: 'http://a:b@proxy.corp.example:3128' }, badProxy],
  ['a proxy is spoken to without TLS', { httpProxy: 'https://proxy.corp.example:3128' }, badProxy],
  ['a proxy has no path', { httpProxy: 'http://proxy.corp.example:3128/x' }, badProxy],
  ['a proxy is not empty', { httpProxy: '' }, badProxy],
];

const clouds: readonly Row[] = [
  ['the least of a tenant is accepted', tenant()],
  [
    'a trailing slash of tenantUrl does no harm',
    tenant({ 'cloud.tenantUrl': 'https://acme.eu.qlikcloud.com/' }),
  ],
  ['a tenant may have a port', tenant({ 'cloud.tenantUrl': 'https://localhost:8443' })],
  ['a web integration may be named', tenant({ 'cloud.webIntegrationId': '9WdKnTbLNJ1sdDcX' })],
  ['a tenant has no path', tenant({ 'cloud.tenantUrl': 'https://acme.eu.qlikcloud.com/hub' }), badTenantUrl],
  [
    'http is refused for a tenant',
    tenant({ 'cloud.tenantUrl': 'http://acme.eu.qlikcloud.com' }),
    badTenantUrl,
  ],
  [
    'user info is refused for a tenant',
    tenant({ 'cloud.tenantUrl': 'https://a:b@acme.eu.qlikcloud.com' }),
    badTenantUrl,
  ],
  [
    'a client ID has no spaces',
    tenant({ 'cloud.clientId': '54d8 f5d2' }),
    invalid('cloud.clientId', 'clientId must not be empty or contain spaces or other than ASCII characters'),
  ],
  [
    'a client ID is not empty',
    tenant({ 'cloud.clientId': '' }),
    invalid('cloud.clientId', 'clientId must not be empty or contain spaces or other than ASCII characters'),
  ],
  [
    'a web integration ID is not empty',
    tenant({ 'cloud.webIntegrationId': '' }),
    invalid(
      'cloud.webIntegrationId',
      'webIntegrationId must not be empty or contain spaces or other than ASCII characters',
    ),
  ],
  [
    'the Secret of a client is named as Kubernetes names',
    tenant({ 'cloud.clientSecret.secretKeyRef.name': 'Acme' }),
    invalid(
      'cloud.clientSecret.secretKeyRef.name',
      'clientSecret.secretKeyRef.name must be a Kubernetes object name: lower case letters, digits, "-" and "."',
    ),
  ],
];

let api: KindApi;

beforeAll(async () => {
  api = new KindApi('QlikServer', (await freshNamespace()).name);
});

afterAll(() => api[Symbol.asyncDispose]());

describe.each([
  ['the whole', general],
  ['serverUrl', urls],
  ['accounts', accounts],
  ['services', services],
  ['clientCertificate', certificates],
  ['trust', trust],
  ['checks', durations],
  ['cloud', clouds],
  ['httpProxy', proxies],
  ['appSync', APP_SYNC],
  ['executions', EXECUTIONS],
] as const)('%s', (_, rows) => {
  testRows(rows, { api: () => api, least: MINIMAL, schema: qlikServerSpec });
});

test('the defaults are those of the documentation', async () => {
  const { body } = await api.dryRun(MINIMAL);
  expect(body.spec).toEqual({
    type: 'OnPremise',
    suspend: false,
    readiness: 'Connected',
    onPremise: {
      serverUrl: 'https://qlik.corp.example/kpi',
      userDirectory: 'CORP',
      serviceAccountUser: 'svc-kpi',
      clientCertificate: {
        pkcs12: { secretName: 'qlik-client', key: 'client.pfx', passwordKey: 'password' },
      },
      repositoryService: { port: 4242, adminUser: String.raw`INTERNAL\sa_api` },
      proxyService: {},
      virtualProxyCheck: 'SignIn',
      insecureSkipTlsVerify: false,
    },
    trust: [],
    checks: {
      interval: '5m',
      timeout: '60s',
      retryInterval: '30s',
      failureThreshold: 3,
      signInProofInterval: '1h',
      expiryWarningDays: [30, 14, 7, 1],
    },
    maxParallelExecutions: 4,
    appSync: { enabled: true, interval: '15m', publishedIn: [], removalGrace: '1h' },
    executions: {
      whenDisconnected: 'Hold',
      queueTimeout: '24h',
      slotCooldown: '0s',
      allowedNamespaces: { from: 'Same' },
    },
  });
});

test('a misspelt field is refused', async () => {
  const answer = await api.dryRun(minimalWith({ 'onPremise.serverURL': 'https://qlik' }));
  expect(answer.code).toBe(400);
  expect(refusals(answer)).toEqual([
    expect.stringContaining('strict decoding error: unknown field "spec.onPremise.serverURL"'),
  ]);
});

test('a name has at most 63 characters', async () => {
  expect(refusals(await api.dryRun(MINIMAL, 'n'.repeat(63)))).toEqual([]);
  expect(refusals(await api.dryRun(MINIMAL, 'n'.repeat(64)))).toEqual([
    '<nil>: Invalid value: metadata.name must have at most 63 characters: it becomes a label value',
  ]);
});

describe('a created object', () => {
  test('has a status that no operator has written', async () => {
    const { code, body } = await api.create(MINIMAL, 'unseen');
    expect(code).toBe(201);
    expect(body.metadata).toMatchObject({ generation: 1 });
    expect(body.status).toEqual({ observedGeneration: -1 });
  });

  test('takes no change of its type', async () => {
    const { body } = await api.create(MINIMAL, 'retyped');
    const answer = await api.replace('retyped', { ...body, spec: minimalWith({ type: 'Cloud' }) });
    expect(refusals(answer)).toEqual([
      `spec: Invalid value: ${badBranch.message}`,
      'spec.type: Invalid value: "Cloud": type cannot be changed; create another QlikServer instead',
    ]);
  });

  test('takes no unknown field in its status', async () => {
    const { body } = await api.create(MINIMAL, 'misreported');
    const write = (status: unknown) => api.replace('misreported', { ...body, status }, '/status');
    expect(refusals(await write({ observedGeneration: 1, checks: { sumary: '4/5' } }))).toEqual([
      expect.stringContaining('strict decoding error: unknown field "status.checks.sumary"'),
    ]);
    const good = await write({ observedGeneration: 1, checks: { summary: '4/5' } });
    expect(refusals(good)).toEqual([]);
    expect(good.body.status).toEqual({ observedGeneration: 1, checks: { summary: '4/5' } });
  });
});
