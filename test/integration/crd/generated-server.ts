import * as fc from 'fast-check';
import {
  aName,
  anyText,
  character,
  durationField,
  mutated,
  type Mutations,
  number,
  objectName,
  some,
  textOf,
} from './arbitraries.ts';
import type { Json } from './api.ts';

const label = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9]{0,6}[A-Za-z0-9])?$/);
const hostName = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);
const port = fc.oneof(fc.constantFrom(1, 65_535), fc.integer({ min: 1, max: 65_535 }));
const segment = fc.stringMatching(/^[a-z0-9._~-]{1,8}$/);
const serverUrl = fc
  .record({
    host: hostName,
    port: fc.option(port),
    path: fc.oneof({ weight: 4, arbitrary: segment }, { weight: 1, arbitrary: fc.constant('') }),
    slash: fc.constantFrom('', '/'),
  })
  .map(({ host, port, path, slash }) => {
    const authority = port === null ? host : `${host}:${port}`;
    return `https://${authority}${path === '' ? '' : `/${path}`}${slash}`;
  });
const account = fc.stringMatching(/^[!-[\]-~\u00e0-\u017f]([ -[\]-~]{0,8}[!-[\]-~])?$/);
const admin = fc.tuple(account, account).map((parts) => parts.join('\\'));
const dataKey = fc.stringMatching(/^[-._a-zA-Z0-9]{1,10}$/);

export const keyReference = some({ name: objectName, key: dataKey }, ['name']);
export const authority = fc.oneof(
  keyReference.map((reference) => ({ configMapKeyRef: reference })),
  keyReference.map((reference) => ({ secretKeyRef: reference })),
);
export const clientCertificate = fc.oneof(
  some({ secretName: objectName, key: dataKey, passwordKey: dataKey, passwordSecretName: objectName }, [
    'secretName',
  ]).map((pkcs12) => ({ pkcs12 })),
  objectName.map((secretName) => ({ tls: { secretName } })),
);

const onPremise = some(
  {
    serverUrl,
    userDirectory: account,
    serviceAccountUser: account,
    clientCertificate,
    virtualProxyPrefix: fc.oneof(segment, fc.constant('')),
    repositoryService: some({ host: hostName, port, tlsServerName: hostName, adminUser: admin }),
    proxyService: some({ host: hostName, port, tlsServerName: hostName }),
    virtualProxyCheck: fc.constantFrom('SignIn', 'Configuration'),
    insecureSkipTlsVerify: fc.boolean(),
  },
  ['serverUrl', 'userDirectory', 'serviceAccountUser', 'clientCertificate'],
);

const checks = some({
  interval: fc.constantFrom('10s', '5m', '1h30m', '24h', '10000ms'),
  timeout: fc.constantFrom('5s', '60s', '1m5s250ms', '5m'),
  retryInterval: fc.constantFrom('1s', '1000ms', '30s', '1h'),
  failureThreshold: fc.integer({ min: 1, max: 10 }),
  signInProofInterval: fc.constantFrom('1m', '60s', '1h', '24h'),
  expiryWarningDays: fc.uniqueArray(fc.integer({ min: 1, max: 365 }), { maxLength: 8 }),
});

const appSync = some({
  enabled: fc.boolean(),
  interval: fc.constantFrom('10s', '15m', '24h'),
  publishedIn: fc.uniqueArray(fc.string({ unit: character, minLength: 1, maxLength: 6 }), { maxLength: 3 }),
  removalGrace: fc.constantFrom('0s', '1h', '720h'),
});

const matchLabels = fc.dictionary(label, fc.oneof(label, fc.constant('')), { maxKeys: 2 });
const executions = some({
  whenDisconnected: fc.constantFrom('Hold', 'Run'),
  queueTimeout: fc.constantFrom('1m', '24h', '720h'),
  slotCooldown: fc.constantFrom('0s', '90s', '10m'),
  allowedNamespaces: fc.oneof(
    some({ from: fc.constantFrom('Same', 'All') }),
    matchLabels.map((labels) => ({ from: 'Selector', selector: { matchLabels: labels } })),
  ),
});

const clientId = fc.stringMatching(/^[!-~]{1,12}$/);
const cloud = some(
  {
    tenantUrl: fc
      .tuple(hostName, fc.option(port), fc.constantFrom('', '/'))
      .map(([host, at, slash]) => `https://${host}${at === null ? '' : `:${at}`}${slash}`),
    clientId,
    clientSecret: keyReference.map((secretKeyRef) => ({ secretKeyRef })),
    webIntegrationId: clientId,
  },
  ['tenantUrl', 'clientId', 'clientSecret'],
);

/** Either branch with its type; a mutation may put the other one beside it. */
const connection = fc.oneof(
  { weight: 2, arbitrary: onPremise.map((branch) => ({ type: 'OnPremise', onPremise: branch })) },
  { weight: 1, arbitrary: cloud.map((branch) => ({ type: 'Cloud', cloud: branch })) },
);

const common = some({
  displayName: fc.oneof(
    fc.string({ unit: character, minLength: 1, maxLength: 12 }),
    fc.constant('ü'.repeat(128)),
  ),
  suspend: fc.boolean(),
  readiness: fc.constantFrom('Connected', 'Configured'),
  httpProxy: fc.constantFrom('http://proxy', 'http://proxy.corp.example:3128/', 'http://[fd00::1]:80'),
  trust: fc.oneof(
    fc.array(authority, { maxLength: 3 }),
    fc.array(authority, { minLength: 16, maxLength: 16 }),
  ),
  maxParallelExecutions: fc.integer({ min: 1, max: 64 }),
  checks,
  appSync,
  executions,
  binding: keyReference.map(({ name }) => ({ secretName: name })),
});

/** A spec that is meant to be accepted. */
export const goodSpec: fc.Arbitrary<Json> = fc
  .tuple(common, connection)
  .map((parts) => Object.assign({}, ...parts) as Json);

const wrongUrl = fc.constantFrom(
  'http://qlik',
  'https://a/b/c',
  'https://a/b//',
  'https://a:0',
  'https://a:65536/b',
  'https://a:065/b',
  'https://u:p@a/b',
  'https://a/B',
  'https://[::1/b',
  'https://',
);
const aHost = textOf(hostName, 253);
const aKey = textOf(dataKey, 253);
const twoKinds = fc
  .tuple(keyReference, keyReference)
  .map(([a, b]) => ({ configMapKeyRef: a, secretKeyRef: b }));

/** What a mutation may put at each path. */
const MUTATIONS: Mutations = {
  type: fc.constantFrom('Cloud', 'onPremise', 'OnPremise'),
  displayName: textOf(anyText, 128),
  suspend: fc.boolean(),
  readiness: fc.constantFrom('Connected', 'Ready', 'configured'),
  onPremise: fc.constant(undefined),
  httpProxy: fc.oneof(wrongUrl, fc.constantFrom('http://a:b@proxy', 'http://proxy:0', 'proxy:3128')),
  trust: fc.oneof(
    fc.array(fc.oneof(authority, twoKinds, fc.constant({})), { maxLength: 2 }),
    fc.array(authority, { minLength: 15, maxLength: 17 }),
    fc.tuple(aName, aKey).map(([name, key]) => [{ secretKeyRef: { name, key } }]),
    fc.tuple(aName, aKey).map(([name, key]) => [{ configMapKeyRef: { name, key } }]),
  ),
  checks: fc.constant({}),
  'checks.interval': durationField,
  'checks.timeout': durationField,
  'checks.retryInterval': durationField,
  'checks.signInProofInterval': durationField,
  'checks.failureThreshold': number,
  'checks.expiryWarningDays': fc.array(fc.constantFrom(0, 1, 7, 365, 366), { maxLength: 3 }),
  maxParallelExecutions: number,
  appSync: fc.constant({}),
  'appSync.enabled': fc.boolean(),
  'appSync.interval': durationField,
  'appSync.removalGrace': durationField,
  'appSync.publishedIn': fc.oneof(
    fc.array(fc.constantFrom('Finance', 'finance', ''), { maxLength: 3 }),
    textOf(anyText, 512).map((name) => [name]),
    fc.integer({ min: 255, max: 257 }).map((count) => Array.from({ length: count }, (_, at) => `${at}`)),
  ),
  binding: aName.map((secretName) => ({ secretName })),
  executions: fc.constant({}),
  'executions.whenDisconnected': fc.constantFrom('Hold', 'Run', 'Wait'),
  'executions.queueTimeout': durationField,
  'executions.slotCooldown': durationField,
  'executions.allowedNamespaces': fc.constant({}),
  'executions.allowedNamespaces.from': fc.constantFrom('Same', 'Selector', 'All', 'same'),
  'executions.allowedNamespaces.selector': fc.constantFrom({}, { matchLabels: {} }),
  'executions.allowedNamespaces.selector.matchLabels': fc.dictionary(label, textOf(label, 63), {
    maxKeys: 2,
  }),
  'onPremise.serverUrl': fc.oneof(
    wrongUrl,
    fc.tuple(segment, segment).map(([first, second]) => `https://qlik/${first}/${second}`),
    textOf(serverUrl, 512),
  ),
  'cloud.tenantUrl': fc.oneof(wrongUrl, textOf(serverUrl, 512)),
  'cloud.clientId': textOf(clientId, 256),
  'cloud.webIntegrationId': textOf(clientId, 256),
  'cloud.clientSecret.secretKeyRef.name': aName,
  'cloud.clientSecret.secretKeyRef.key': aKey,
  'onPremise.userDirectory': textOf(account, 256),
  'onPremise.serviceAccountUser': textOf(account, 256),
  'onPremise.virtualProxyPrefix': textOf(segment, 128),
  'onPremise.virtualProxyCheck': fc.constantFrom('SignIn', 'None'),
  'onPremise.insecureSkipTlsVerify': fc.boolean(),
  'onPremise.clientCertificate': fc.oneof(
    fc.constantFrom<unknown[]>({}, { tls: {} }, { pkcs12: {} }),
    objectName.map((secretName) => ({ tls: { secretName }, pkcs12: { secretName } })),
  ),
  'onPremise.clientCertificate.tls': aName.map((secretName) => ({ secretName })),
  'onPremise.clientCertificate.pkcs12': fc
    .tuple(aName, aKey, aKey, aName)
    .map(([secretName, key, passwordKey, passwordSecretName]) => ({
      secretName,
      key,
      passwordKey,
      passwordSecretName,
    })),
  'onPremise.repositoryService': fc.constant({}),
  'onPremise.repositoryService.host': aHost,
  'onPremise.repositoryService.port': number,
  'onPremise.repositoryService.tlsServerName': aHost,
  'onPremise.repositoryService.adminUser': textOf(admin, 512),
  'onPremise.proxyService': fc.constant({}),
  'onPremise.proxyService.host': aHost,
  'onPremise.proxyService.port': number,
  'onPremise.proxyService.tlsServerName': aHost,
};

export const generatedServer = mutated(goodSpec, MUTATIONS);
