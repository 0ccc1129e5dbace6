import { createHash } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { serviceContext } from '../contexts.ts';
import { ConfigurationProblem, type ProblemReason } from '../problem.ts';
import { statedIterations } from './cost.ts';
import { Pkcs12Opener } from './opener.ts';
import type { Converted, FailureKind, Outcome } from './outcome.ts';

/** Bytes a PKCS#12 file may have; an exported client certificate has about 4,000. */
const SIZE_LIMIT = 64 * 1024;

/** Iterations of all key derivations that can be seen; Windows and OpenSSL make 2,000 each. */
const ITERATIONS_LIMIT = 300_000;

export interface Pkcs12File {
  readonly pfx: Buffer;
  readonly passphrase: string;
  /** How messages name the file, such as `the key "client.pfx" of the Secret "finance-cert"`. */
  readonly where: string;
}

const opener = new Pkcs12Opener();

/** By a digest of file and passphrase: a file costs once, also one that cannot be opened. */
const outcomes = new LRUCache<string, Promise<Outcome>, Pkcs12File>({
  max: 256,
  // What took too long may have done so because of something else.
  ttl: 600_000,
  memoMethod: (digest, _stale, { context: { pfx, passphrase } }) => {
    const outcome = opener.open({ pfx, passphrase, asPem: false });
    outcome.catch(() => outcomes.delete(digest));
    return outcome;
  },
});

/** Opens a PKCS#12 file, whose bytes come from anybody who may write a Secret: what it can cost is bounded. */
export async function openPkcs12(file: Pkcs12File, authorities: readonly string[]): Promise<SecureContext> {
  const { pfx, passphrase } = file;
  refuseCostly(file);
  const outcome = await outcomes.memo(digestOf(file), { context: file });
  switch (outcome.kind) {
    case 'native':
      return serviceContext({ pfx, passphrase }, authorities);
    case 'converted':
      return contextOf(outcome.converted, authorities);
    case 'failed':
      throw problemOf(outcome.failure, file);
  }
}

/** The contents of a file that was opened before, for those who cannot use it as it is. */
export async function readPkcs12(file: Pkcs12File): Promise<Converted> {
  const { pfx, passphrase } = file;
  refuseCostly(file);
  const outcome = await opener.open({ pfx, passphrase, asPem: true });
  if (outcome.kind === 'converted') return outcome.converted;
  throw problemOf(outcome.kind === 'failed' ? outcome.failure : 'unreadable', file);
}

function problemOf(failure: FailureKind, { pfx, where }: Pkcs12File): ConfigurationProblem {
  const [reason, what] = explain(failure, pfx);
  return new ConfigurationProblem(reason, `${where} ${what}`);
}

/** Other certificates of the file are trusted, as OpenSSL does with those of a PKCS#12 file. */
function contextOf(
  { key, certificate, authorities: own }: Converted,
  authorities: readonly string[],
): SecureContext {
  return serviceContext({ cert: [certificate, ...own].join('\n'), key }, [...authorities, ...own]);
}

function refuseCostly({ pfx, where }: Pkcs12File): void {
  if (pfx.length > SIZE_LIMIT) {
    throw new ConfigurationProblem(
      'NotPkcs12',
      `${where} has ${pfx.length} bytes; a PKCS#12 file may have ${SIZE_LIMIT}`,
    );
  }
  const iterations = statedIterations(pfx);
  if (iterations > ITERATIONS_LIMIT) {
    throw new ConfigurationProblem(
      'TooExpensive',
      `${where} asks for ${iterations} iterations of its key derivation, ${ITERATIONS_LIMIT} are allowed; export it again with fewer`,
    );
  }
}

function digestOf({ pfx, passphrase }: Pkcs12File): string {
  return createHash('sha256').update(`${pfx.length}\0`).update(pfx).update(passphrase).digest('hex');
}

function explain(failure: FailureKind, pfx: Buffer): readonly [ProblemReason, string] {
  switch (failure) {
    case 'wrongPassword':
      return [
        'WrongPassword',
        'does not open with the password given; put the one chosen at the export there, without a line end',
      ];
    case 'unsupportedCipher':
      return [
        'LegacyEncryption',
        'is encrypted with a cipher that is no longer read; export it again with AES-256',
      ];
    case 'noPrivateKey':
      return ['NoPrivateKey', 'has no private key; export it again with the secrets key included'];
    case 'noCertificate':
      return [
        'InvalidCertificate',
        'has no certificate that belongs to its private key; export both together',
      ];
    case 'tooWeak':
      return [
        'InvalidCertificate',
        'holds a certificate too weak to be used; export one with 2048 bits or more and SHA-256',
      ];
    case 'tooExpensive':
      return [
        'TooExpensive',
        'takes more than 5 s to open; export it again with fewer iterations of its key derivation',
      ];
    case 'unreadable':
      return ['NotPkcs12', `is not a PKCS#12 file${guess(pfx)}`];
  }
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
