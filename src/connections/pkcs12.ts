import type { SecureContext } from 'node:tls';
import { serviceContext } from './contexts.ts';
import { ConfigurationProblem, type ProblemReason } from './problem.ts';

/** Bytes a PKCS#12 file may have; an exported client certificate has about 4,000. */
const SIZE_LIMIT = 64 * 1024;

export interface Pkcs12File {
  readonly pfx: Buffer;
  readonly passphrase: string;
  /** How messages name the file, such as `the key "client.pfx" of the Secret "finance-cert"`. */
  readonly where: string;
}

/** Opens a PKCS#12 file. OpenSSL checks the password first, so that a wrong one and an old cipher can be told apart. */
export function openPkcs12(
  { pfx, passphrase, where }: Pkcs12File,
  authorities: readonly string[],
): SecureContext {
  if (pfx.length > SIZE_LIMIT) {
    throw new ConfigurationProblem(
      'NotPkcs12',
      `${where} has ${pfx.length} bytes; a PKCS#12 file may have ${SIZE_LIMIT}`,
    );
  }
  try {
    return serviceContext({ pfx, passphrase }, authorities);
  } catch (cause) {
    const [reason, what] = explain(cause as Error & { code?: string }, pfx);
    throw new ConfigurationProblem(reason, `${where} ${what}`, { cause });
  }
}

/** What OpenSSL's errors mean (measured on Node 24, OpenSSL 3.5). */
function explain(error: Error & { code?: string }, pfx: Buffer): readonly [ProblemReason, string] {
  if (/mac verify failure|invalid password/iu.test(error.message))
    return ['WrongPassword', 'does not open with the password given'];
  if (error.code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION' || /unsupported/iu.test(error.message)) {
    return [
      'LegacyEncryption',
      'is encrypted with RC2, which is no longer supported; export it again with AES-256',
    ];
  }
  if (/unable to load private key/iu.test(error.message)) {
    return ['NoPrivateKey', 'has no private key; export it again with the secrets key included'];
  }
  if (/key too small|md too weak/iu.test(error.message)) {
    return [
      'InvalidCertificate',
      'holds a certificate too weak to be used; export one with 2048 bits or more and SHA-256',
    ];
  }
  return ['NotPkcs12', `is not a PKCS#12 file${guess(pfx)}`];
}

/** The usual mistakes, each with its way out. */
function guess(pfx: Buffer): string {
  if (pfx.length === 0) return '; it is empty';
  const start = pfx.subarray(0, 64).toString('latin1');
  if (start.startsWith('-----BEGIN')) return '; it is in PEM form: use clientCertificate.tls';
  if (/^[A-Za-z0-9+/=\s]+$/u.test(start))
    return '; it looks encoded in base64 twice: put the file itself into the Secret';
  return '; it may be cut short';
}
