import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { MaterialMaker, type Material } from '../../../src/connections/material.ts';
import { issue } from '../../pki/pki.ts';
import { withRc2Of128Bits } from './der.ts';
import { problemOf, readFrom, specWith } from './namespace.ts';

const password = 'S3cret password ö';

async function makeFiles() {
  const bundles = {
    aes: { password },
    des: { password, encoder: 'legacyDES' },
    rc2: { password, encoder: 'legacyRC2' },
    rc2Chained: { password, encoder: 'legacyRC2', withAuthority: true },
    slow: { password, iterations: 90_000 },
    slowChained: { password, iterations: 90_000, withAuthority: true },
    costly: { password, iterations: 200_000 },
    chained: { password, withAuthority: true },
    keyless: { password, withoutPrivateKey: true },
    open: { password: '' },
  } as const;
  const client = { commonName: 'QlikClient', issuer: 'site', usage: 'client' } as const;
  return issue({
    authorities: { site: { commonName: 'qlik-CA' } },
    certificates: {
      ec: { ...client, bundles },
      rsa: {
        ...client,
        keyType: 'rsa2048',
        bundles: {
          aes: { password },
          rc2: { password, encoder: 'legacyRC2' },
          chained: { password, withAuthority: true },
        },
      },
      weak: { ...client, keyType: 'rsa1024', bundles: { aes: { password } } },
      expired: {
        ...client,
        notBefore: new Date('2020-01-01T00:00:00Z'),
        notAfter: new Date('2021-01-01T00:00:00Z'),
        bundles: { aes: { password } },
      },
    },
  });
}

let issued: Awaited<ReturnType<typeof makeFiles>>;
beforeAll(async () => {
  issued = await makeFiles();
});

function open(file: Buffer, secret: string | undefined = password): Promise<Material> {
  const data = { 'client.pfx': file, ...(secret === undefined ? {} : { password: secret }) };
  return new MaterialMaker().make(specWith(), readFrom({ 'Secret/qlik': data }));
}

describe('a PKCS#12 file that opens', () => {
  test.each([
    ['AES-256', () => issued.certificates.ec, () => issued.certificates.ec.bundles.aes],
    ['3DES', () => issued.certificates.ec, () => issued.certificates.ec.bundles.des],
    ['with its authority inside', () => issued.certificates.ec, () => issued.certificates.ec.bundles.chained],
    ['RC2-40', () => issued.certificates.ec, () => issued.certificates.ec.bundles.rc2],
    ['RC2-40, RSA', () => issued.certificates.rsa, () => issued.certificates.rsa.bundles.rc2],
    [
      'RC2-40 with its authority inside',
      () => issued.certificates.ec,
      () => issued.certificates.ec.bundles.rc2Chained,
    ],
    ['90,000 iterations', () => issued.certificates.ec, () => issued.certificates.ec.bundles.slow],
    [
      '90,000 iterations with its authority inside',
      () => issued.certificates.ec,
      () => issued.certificates.ec.bundles.slowChained,
    ],
    ['RSA', () => issued.certificates.rsa, () => issued.certificates.rsa.bundles.aes],
    [
      'RSA with its authority inside',
      () => issued.certificates.rsa,
      () => issued.certificates.rsa.bundles.chained,
    ],
    ['expired', () => issued.certificates.expired, () => issued.certificates.expired.bundles.aes],
  ])('%s: the details are those of the certificate', async (_what, leaf, file) => {
    const { certificate } = await open(file());
    const expected = new X509Certificate(leaf().cert);
    expect(certificate).toEqual({
      subject: 'CN=QlikClient',
      issuer: 'CN=qlik-CA',
      notBefore: expected.validFromDate,
      notAfter: expected.validToDate,
      fingerprint: expected.fingerprint256,
    });
  });

  test('with an empty password', async () => {
    expect((await open(issued.certificates.ec.bundles.open, '')).certificate?.subject).toBe('CN=QlikClient');
  });

  test('with the password in a Secret and under a key of their own', async () => {
    const pkcs12 = { secretName: 'qlik', key: 'a.p12', passwordSecretName: 'pass', passwordKey: 'pw' };
    const objects = {
      'Secret/qlik': { 'a.p12': issued.certificates.ec.bundles.aes },
      'Secret/pass': { pw: password },
    };
    const made = await new MaterialMaker().make(
      specWith({ clientCertificate: { pkcs12 } }),
      readFrom(objects),
    );
    expect(made.certificate?.subject).toBe('CN=QlikClient');
  });

  test('its password and its bytes are redacted', async () => {
    const file = issued.certificates.ec.bundles.aes;
    const { redact } = await open(file);
    expect(redact(`tried ${password}`)).toBe('tried [redacted]');
    expect(redact(`got ${file.toString('base64').slice(40, 100)}`)).toBe('got [redacted]');
  });

  test('file and password both count for the fingerprint', async () => {
    const { aes, des, open: unlocked } = issued.certificates.ec.bundles;
    const made = await Promise.all([open(aes), open(aes), open(des), open(unlocked, '')]);
    const [first, same, ...others] = made.map(({ fingerprint }) => fingerprint);
    expect(first).toBe(same);
    expect(new Set([first, ...others]).size).toBe(3);
  });
});

describe('a PKCS#12 file that does not open', () => {
  const where = 'the key "client.pfx" of the Secret "qlik"';
  const bundles = () => issued.certificates.ec.bundles;
  test.each<[string, () => Buffer, string | undefined, string, string]>([
    [
      'RC2 of another length',
      () => withRc2Of128Bits(bundles().rc2),
      password,
      'LegacyEncryption',
      `${where} is encrypted with a cipher that is no longer read; export it again with AES-256`,
    ],
    [
      'more iterations than are allowed',
      () => bundles().costly,
      password,
      'TooExpensive',
      `${where} asks for 600000 iterations of its key derivation, 300000 are allowed; export it again with fewer`,
    ],
    [
      'RC2-40 and a wrong password',
      () => bundles().rc2,
      'wrong',
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'a wrong password',
      () => bundles().aes,
      'wrong',
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'a password with a line end',
      () => bundles().aes,
      `${password}\n`,
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'an empty password for a locked file',
      () => bundles().aes,
      '',
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'a password for an open file',
      () => bundles().open,
      'x',
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'a password for 3DES that is wrong',
      () => bundles().des,
      'wrong',
      'WrongPassword',
      `${where} does not open with the password given; put the one chosen at the export there, without a line end`,
    ],
    [
      'no private key',
      () => bundles().keyless,
      password,
      'NoPrivateKey',
      `${where} has no private key; export it again with the secrets key included`,
    ],
    [
      'PEM',
      () => Buffer.from(issued.certificates.ec.cert),
      password,
      'NotPkcs12',
      `${where} is not a PKCS#12 file; it is in PEM form: use clientCertificate.tls`,
    ],
    [
      'base64 twice',
      () => Buffer.from(bundles().aes.toString('base64')),
      password,
      'NotPkcs12',
      `${where} is not a PKCS#12 file; it looks encoded in base64 twice: put the file itself into the Secret`,
    ],
    ['empty', () => Buffer.alloc(0), password, 'NotPkcs12', `${where} is not a PKCS#12 file; it is empty`],
    [
      'truncated',
      () => bundles().aes.subarray(0, 600),
      password,
      'NotPkcs12',
      `${where} is not a PKCS#12 file; it may be cut short`,
    ],
    [
      'one byte short',
      () => bundles().aes.subarray(0, -1),
      password,
      'NotPkcs12',
      `${where} is not a PKCS#12 file; it may be cut short`,
    ],
    [
      'too large',
      () => Buffer.alloc(64 * 1024 + 1, 0x30),
      password,
      'NotPkcs12',
      `${where} has 65537 bytes; a PKCS#12 file may have 65536`,
    ],
    [
      'a key too weak',
      () => issued.certificates.weak.bundles.aes,
      password,
      'InvalidCertificate',
      `${where} holds a certificate too weak to be used; export one with 2048 bits or more and SHA-256`,
    ],
  ])('%s', async (_what, file, secret, ...expected) => {
    const problem = await problemOf(open(file(), secret));
    expect([problem.reason, problem.message]).toEqual(expected);
  });

  test('no key with the password is told apart from a wrong one', async () => {
    const read = readFrom({ 'Secret/qlik': { 'client.pfx': bundles().aes } });
    const problem = await problemOf(new MaterialMaker().make(specWith(), read));
    expect([problem.reason, problem.message]).toEqual([
      'SecretKeyNotFound',
      'the Secret "qlik" has no key "password"; it has the keys client.pfx',
    ]);
  });

  test('no message or cause shows the password', async () => {
    const problem = await problemOf(open(bundles().aes, 'hunter2hunter2'));
    expect(`${problem.message} ${String(problem.cause)} ${problem.stack}`).not.toContain('hunter2');
  });
});
