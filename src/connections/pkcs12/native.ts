import { createSecureContext } from 'node:tls';
import type { FailureKind, Outcome } from './outcome.ts';

/** What OpenSSL says of a PKCS#12 file (errors measured on Node 24, OpenSSL 3.5). It checks the password first. */
export function openNatively(pfx: Buffer, passphrase: string): Outcome {
  try {
    createSecureContext({ pfx, passphrase });
    return { kind: 'native' };
  } catch (error) {
    return { kind: 'failed', failure: explain(error as Error & { code?: string }) };
  }
}

function explain({ message, code }: Error & { code?: string }): FailureKind {
  if (/mac verify failure|invalid password|bad decrypt/iu.test(message)) return 'wrongPassword';
  if (code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION' || /unsupported/iu.test(message))
    return 'unsupportedCipher';
  if (/unable to load private key/iu.test(message)) return 'noPrivateKey';
  if (/unable to load certificate/iu.test(message)) return 'noCertificate';
  if (/key too small|md too weak/iu.test(message)) return 'tooWeak';
  return 'unreadable';
}
