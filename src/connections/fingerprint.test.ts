import { createHash } from 'node:crypto';
import { array, assert, integer, nat, pre, property, string, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qlikServerSpec, type QlikServerSpec } from '../api/qlikserver.ts';
import { connectionFields, fingerprint } from './fingerprint.ts';

function spec(change: Record<string, unknown> = {}, onPremise: Record<string, unknown> = {}): QlikServerSpec {
  return qlikServerSpec.parse({
    type: 'OnPremise',
    onPremise: {
      serverUrl: 'https://qlik.corp.example/kpi',
      userDirectory: 'CORP',
      serviceAccountUser: 'svc_kpi',
      clientCertificate: { pkcs12: { secretName: 'qlik' } },
      ...onPremise,
    },
    ...change,
  });
}

/** The same value with the keys of every object in another order. */
function reordered<T>(value: T, seed: number): T {
  if (Array.isArray(value)) return value.map((each) => reordered(each as unknown, seed)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, reordered(inner as unknown, seed)] as const,
  );
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse()) as T;
}

const contents = array(
  uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 5 },
);

describe('connectionFields', () => {
  test('the order of keys does not matter', () => {
    assert(
      property(nat(50), (seed) => {
        const rich = spec({ trust: [{ configMapKeyRef: { name: 'ca' } }, { secretKeyRef: { name: 'ca' } }] });
        expect(connectionFields(reordered(rich, seed))).toBe(connectionFields(rich));
      }),
    );
  });

  test.each<[string, QlikServerSpec]>([
    ['displayName', spec({ displayName: 'Finance' })],
    ['suspend', spec({ suspend: true })],
    ['readiness', spec({ readiness: 'Configured' })],
    ['checks', spec({ checks: { interval: '1h', failureThreshold: 1 } })],
    ['a default written out', spec({}, { repositoryService: { port: 4242 } })],
  ])('%s does not change the connection', (_field, changed) => {
    expect(connectionFields(changed)).toBe(connectionFields(spec()));
  });

  test.each<[string, QlikServerSpec]>([
    ['serverUrl', spec({}, { serverUrl: 'https://qlik.corp.example/kpj' })],
    ['userDirectory', spec({}, { userDirectory: 'CORQ' })],
    ['serviceAccountUser', spec({}, { serviceAccountUser: 'svc_kpj' })],
    ['the form of the certificate', spec({}, { clientCertificate: { tls: { secretName: 'qlik' } } })],
    [
      'the key of the certificate',
      spec({}, { clientCertificate: { pkcs12: { secretName: 'qlik', key: 'b' } } }),
    ],
    ['virtualProxyPrefix', spec({}, { virtualProxyPrefix: 'x' })],
    ['repositoryService', spec({}, { repositoryService: { tlsServerName: 'qs1' } })],
    ['proxyService', spec({}, { proxyService: { port: 4244 } })],
    ['virtualProxyCheck', spec({}, { virtualProxyCheck: 'Configuration' })],
    ['insecureSkipTlsVerify', spec({}, { insecureSkipTlsVerify: true })],
    ['httpProxy', spec({ httpProxy: 'http://proxy.corp:3128' })],
    ['trust', spec({ trust: [{ configMapKeyRef: { name: 'ca' } }] })],
  ])('%s changes the connection', (_field, changed) => {
    expect(connectionFields(changed)).not.toBe(connectionFields(spec()));
  });

  test('the order of trust is kept, as the list is atomic', () => {
    const [a, b] = ['a', 'b'].map((name) => ({ configMapKeyRef: { name } }));
    expect(connectionFields(spec({ trust: [a, b] }))).not.toBe(connectionFields(spec({ trust: [b, a] })));
  });
});

describe('fingerprint', () => {
  test('is 16 hex digits and the same for the same', () => {
    assert(
      property(string(), contents, (fields, all) => {
        expect(fingerprint(fields, all)).toMatch(/^[0-9a-f]{16}$/);
        expect(
          fingerprint(
            fields,
            all.map((each) => Buffer.from(each)),
          ),
        ).toBe(fingerprint(fields, all));
      }),
    );
  });

  test('every byte of the contents counts', () => {
    assert(
      property(contents, nat(), integer({ min: 1, max: 255 }), (all, at, flip) => {
        const places = all.flatMap((each, index) =>
          [...each.keys()].map((offset) => [index, offset] as const),
        );
        pre(places.length > 0);
        const [index, offset] = places[at % places.length]!;
        const changed = all.map((each) => Buffer.from(each));
        changed[index]![offset]! ^= flip;
        expect(fingerprint('{}', changed)).not.toBe(fingerprint('{}', all));
      }),
    );
  });

  test('it counts where one content ends and the next begins', () => {
    const parts = (...texts: string[]) => texts.map((each) => Buffer.from(each));
    const same = [parts('ab', 'c'), parts('a', 'bc'), parts('abc'), parts('abc', ''), parts('', 'abc')];
    expect(new Set(same.map((each) => fingerprint('{}', each))).size).toBe(same.length);
  });

  test('a password is never hashed alone', () => {
    const password = Buffer.from('p4ssw0rd');
    const alone = createHash('sha256').update(password).digest('hex').slice(0, 16);
    const fields = connectionFields(spec());
    const [file, other] = [Buffer.from('file'), Buffer.from('another file')];
    expect(fingerprint(fields, [file, password])).not.toBe(alone);
    expect(fingerprint(fields, [file, password])).not.toBe(fingerprint(fields, [other, password]));
    expect(fingerprint(fields, [file, password])).not.toBe(fingerprint('{}', [file, password]));
  });
});
