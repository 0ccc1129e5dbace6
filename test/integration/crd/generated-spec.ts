import * as fc from 'fast-check';
import type { Json } from './api.ts';
import { change } from './specs.ts';

/** One UTF-16 unit that is a character: JavaScript and Go agree on the length of texts made of these. */
const character = fc
  .integer({ min: 0, max: 0xff_ff })
  .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  .map((code) => String.fromCodePoint(code));
const anyText = fc.oneof(
  fc.string({ unit: character, maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }),
);

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
const objectName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,5}[a-z0-9])?(\.[a-z0-9]{1,4})?$/);
const dataKey = fc.stringMatching(/^[-._a-zA-Z0-9]{1,10}$/);

/** An object that has some of these fields, and the required ones always. */
function some(model: Readonly<Record<string, fc.Arbitrary<unknown>>>, requiredKeys: string[] = []) {
  return fc.record(model, { requiredKeys }) as fc.Arbitrary<Json>;
}

const keyReference = some({ name: objectName, key: dataKey }, ['name']);
const authority = fc.oneof(
  keyReference.map((reference) => ({ configMapKeyRef: reference })),
  keyReference.map((reference) => ({ secretKeyRef: reference })),
);
const clientCertificate = fc.oneof(
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
  checks,
});

/** A spec that is meant to be accepted. */
const goodSpec: fc.Arbitrary<Json> = fc
  .tuple(common, connection)
  .map((parts) => Object.assign({}, ...parts) as Json);

const unit = fc.constantFrom('h', 'm', 's', 'ms', 'us', 'd', '');
const count = fc.oneof(
  fc.nat({ max: 100 }).map(String),
  fc.constantFrom('0', '59', '60', '1440', '3600', '86400', '999999', '1000000', '1.5'),
);
const durationLike = fc
  .array(fc.tuple(count, unit), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.flat().join(''));

/** The separators of all the syntaxes, put into a good text. */
const separator = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '\\',
  '/',
  '//',
  '?',
  '#',
  '@',
  ':',
  '.',
  '..',
  '-',
  '_',
  '[',
  ']',
  '%20',
);
function nearly(good: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(good, fc.nat(), fc.oneof(separator, character)).map(([text, position, inserted]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at);
  });
}

const textOf = (good: fc.Arbitrary<string>, longest: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: nearly(good) },
    { weight: 2, arbitrary: good },
    { weight: 2, arbitrary: anyText },
    {
      weight: 1,
      arbitrary: fc.integer({ min: longest - 1, max: longest + 1 }).map((size) => 'a'.repeat(size)),
    },
  );
const number = fc.oneof(
  fc.constantFrom(-1, 0, 1, 10, 11, 65_535, 65_536, 1.5, 1e21, -(2 ** 53)),
  fc.integer({ min: -3, max: 14 }),
);
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
/** For any field: other kinds of JSON, and no field at all. */
const otherKind = fc.constantFrom<unknown[]>(undefined, '', 'x', 0, 1, true, 'true', {}, [], [{}]);

const durationField = fc.oneof(durationLike, textOf(durationLike, 28));
const aHost = textOf(hostName, 253);
const aName = textOf(objectName, 253);
const aKey = textOf(dataKey, 253);
const twoKinds = fc
  .tuple(keyReference, keyReference)
  .map(([a, b]) => ({ configMapKeyRef: a, secretKeyRef: b }));

/** What a mutation may put at each path. */
const MUTATIONS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
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

const mutation = fc.constantFrom(...Object.entries(MUTATIONS)).chain(([path, values]) =>
  fc.record({
    path: fc.constant(path),
    value: fc.oneof({ weight: 7, arbitrary: values }, { weight: 1, arbitrary: otherKind }),
  }),
);

/**
 * A good spec of which up to two fields have been replaced, by something that may or may not do. Without null, unknown
 * fields and characters beyond U+FFFF, where API server and zod differ by design.
 */
export const generatedSpec: fc.Arbitrary<Json> = fc
  .tuple(goodSpec, fc.array(mutation, { maxLength: 2 }))
  .map(([spec, mutations]) =>
    mutations.reduce((changed, { path, value }) => change(changed, path, value), spec),
  );
