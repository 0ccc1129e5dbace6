import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { issue } from './pki.ts';

const password = 'a password';

function opening(pfx: Buffer, passphrase = password): () => unknown {
  return () => createSecureContext({ pfx, passphrase });
}

test('an authority issues a server certificate for names and addresses', async () => {
  const made = await issue({
    authorities: { root: { commonName: 'host-CA' } },
    certificates: {
      server: {
        commonName: 'qs1',
        issuer: 'root',
        dnsNames: ['localhost'],
        ipAddresses: ['127.0.0.1'],
        usage: 'server',
      },
    },
  });
  const root = new X509Certificate(made.authorities.root.cert);
  const server = new X509Certificate(made.certificates.server.cert);
  expect(root.ca).toBe(true);
  expect(root.subject).toBe('CN=host-CA');
  expect(server.verify(root.publicKey)).toBe(true);
  expect(server.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(made.certificates.server.ca).toBe(made.authorities.root.cert);
});

test('a certificate may have a common name only, dates of choice, another usage and no issuer', async () => {
  const notBefore = new Date('2020-01-01T00:00:00Z');
  const notAfter = new Date('2021-01-01T00:00:00Z');
  const { certificates } = await issue({
    authorities: {},
    certificates: { old: { commonName: 'only-cn', usage: 'other', notBefore, notAfter, keyType: 'rsa2048' } },
  });
  const old = new X509Certificate(certificates.old.cert);
  expect(old.subjectAltName).toBeUndefined();
  expect(old.issuer).toBe('CN=only-cn');
  expect(new Date(old.validTo)).toEqual(notAfter);
  expect(old.keyUsage).toEqual(['1.3.6.1.5.5.7.3.3']);
  expect(old.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
});

test('an authority of an earlier answer issues again', async () => {
  const first = await issue({ authorities: { root: { commonName: 'root' } }, certificates: {} });
  const second = await issue({
    authorities: { root: { existing: first.authorities.root } },
    certificates: { renewed: { commonName: 'QlikClient', issuer: 'root', usage: 'client' } },
  });
  const root = new X509Certificate(first.authorities.root.cert);
  expect(new X509Certificate(second.certificates.renewed.cert).verify(root.publicKey)).toBe(true);
});

test('PKCS#12 files open, or fail in Node, as those of the field do', async () => {
  const { certificates } = await issue({
    authorities: { root: { commonName: 'root' } },
    certificates: {
      client: {
        commonName: 'QlikClient',
        issuer: 'root',
        usage: 'client',
        bundles: {
          modern: { password, encoder: 'modern2023' },
          des: { password, encoder: 'legacyDES' },
          rc2: { password, encoder: 'legacyRC2' },
          empty: { password: '' },
          keyless: { password, withoutPrivateKey: true },
          chained: { password, withAuthority: true },
        },
      },
    },
  });
  const { modern, des, rc2, empty, keyless, chained } = certificates.client.bundles;
  expect(opening(modern)).not.toThrow();
  expect(opening(des)).not.toThrow();
  expect(opening(empty, '')).not.toThrow();
  expect(opening(modern, 'wrong')).toThrow('mac verify failure');
  expect(opening(rc2)).toThrow(expect.objectContaining({ code: 'ERR_CRYPTO_UNSUPPORTED_OPERATION' }));
  expect(opening(rc2, 'wrong')).toThrow('mac verify failure');
  expect(opening(keyless)).toThrow(expect.objectContaining({ code: 'ERR_CRYPTO_OPERATION_FAILED' }));
  expect(opening(chained)).not.toThrow();
  expect(chained.length).toBeGreaterThan(modern.length);
});

test('a request that cannot be fulfilled is refused with its reason', async () => {
  const wanted = issue({
    authorities: { root: { commonName: 'root' } },
    certificates: { server: { commonName: 'x', issuer: 'nobody' as 'root', usage: 'server' } },
  });
  await expect(wanted).rejects.toThrow('certificate "server": unknown issuer "nobody"');
});
