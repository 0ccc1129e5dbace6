import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { MaterialMaker } from '../../../src/connections/material.ts';
import { issue } from '../../pki/pki.ts';
import { problemOf, readFrom, specWith } from './namespace.ts';

function makeCertificates() {
  const client = { commonName: 'QlikClient', issuer: 'site', usage: 'client' } as const;
  return issue({
    authorities: { site: { commonName: 'qlik-CA' } },
    certificates: { ec: client, other: client, rsa: { ...client, keyType: 'rsa2048' } },
  });
}

let issued: Awaited<ReturnType<typeof makeCertificates>>;
beforeAll(async () => {
  issued = await makeCertificates();
});

const spec = specWith({ clientCertificate: { tls: { secretName: 'pair' } } });

function open(data: Record<string, string>) {
  return new MaterialMaker().make(spec, readFrom({ 'Secret/pair': data }));
}

describe('a tls Secret', () => {
  test.each(['ec', 'rsa'] as const)('of an %s pair opens', async (kind) => {
    const { cert, key } = issued.certificates[kind];
    const { certificate, redact } = await open({ 'tls.crt': cert, 'tls.key': key });
    expect(certificate).toMatchObject({
      subject: 'CN=QlikClient',
      fingerprint: new X509Certificate(cert).fingerprint256,
    });
    const line = key.split('\n')[1] ?? '';
    const shown = redact(`key ${line} seen`);
    expect(shown).toMatch(/^key \[redacted\].* seen$/);
    for (let i = 0; i + 16 <= line.length; i += 1) expect(shown).not.toContain(line.slice(i, i + 16));
  });

  test('with ca.crt opens, and ca.crt counts for the fingerprint', async () => {
    const { cert, key } = issued.certificates.ec;
    const pair = { 'tls.crt': cert, 'tls.key': key };
    const [without, withCa] = [
      await open(pair),
      await open({ ...pair, 'ca.crt': issued.authorities.site.cert }),
    ];
    expect(withCa.fingerprint).not.toBe(without.fingerprint);
  });

  const cannot =
    'tls.crt and tls.key of the Secret "pair" cannot be used: they must be in PEM form and belong together';
  test.each<[string, (pair: { cert: string; key: string }) => Record<string, string>, string, string]>([
    [
      'the key of another certificate',
      ({ cert }) => ({ 'tls.crt': cert, 'tls.key': issued.certificates.other.key }),
      'InvalidCertificate',
      cannot,
    ],
    [
      'the key of another kind',
      ({ cert }) => ({ 'tls.crt': cert, 'tls.key': issued.certificates.rsa.key }),
      'InvalidCertificate',
      cannot,
    ],
    [
      'garbage for a certificate',
      ({ key }) => ({ 'tls.crt': 'garbage', 'tls.key': key }),
      'InvalidCertificate',
      cannot,
    ],
    [
      'garbage for a key',
      ({ cert }) => ({ 'tls.crt': cert, 'tls.key': 'garbage' }),
      'InvalidCertificate',
      cannot,
    ],
    ['nothing', () => ({ 'tls.crt': '', 'tls.key': '' }), 'InvalidCertificate', cannot],
    ['both swapped', ({ cert, key }) => ({ 'tls.crt': key, 'tls.key': cert }), 'InvalidCertificate', cannot],
    [
      'no key',
      ({ cert }) => ({ 'tls.crt': cert }),
      'SecretKeyNotFound',
      'the Secret "pair" has no key "tls.key"; it has the keys tls.crt',
    ],
    [
      'no certificate',
      ({ key }) => ({ 'tls.key': key }),
      'SecretKeyNotFound',
      'the Secret "pair" has no key "tls.crt"; it has the keys tls.key',
    ],
    [
      'a ca.crt without a certificate',
      ({ cert, key }) => ({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': 'x' }),
      'InvalidCA',
      'the key "ca.crt" of the Secret "pair" holds no PEM certificate ("-----BEGIN CERTIFICATE-----")',
    ],
  ])('with %s is refused', async (_what, data, reason, message) => {
    const problem = await problemOf(open(data(issued.certificates.ec)));
    expect([problem.reason, problem.message]).toEqual([reason, message]);
  });
});
