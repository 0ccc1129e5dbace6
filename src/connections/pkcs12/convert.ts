import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import type { FailureKind, Outcome } from './outcome.ts';

/**
 * Takes a PKCS#12 file apart with node-forge: where OpenSSL does not know the cipher (RC2-40, which Windows used for
 * decades), and where it is too slow to be asked twice. Only decodes; nothing is verified with it.
 */
export function convert(pfx: Buffer, passphrase: string): Outcome {
  try {
    return contentsOf(decode(pfx, passphrase));
  } catch (error) {
    return { kind: 'failed', failure: explain((error as Error).message) };
  }
}

function explain(message: string): FailureKind {
  if (/invalid password|wrong password|failed to decrypt/iu.test(message)) return 'wrongPassword';
  if (/unsupported|cannot read encrypted/iu.test(message)) return 'unsupportedCipher';
  return 'unreadable';
}

function decode(pfx: Buffer, passphrase: string): forge.pkcs12.Pkcs12Pfx {
  const read = (password: string, withMac: boolean) => {
    const file = forge.asn1.fromDer(pfx.toString('latin1'));
    if (!withMac) (file.value as forge.asn1.Asn1[]).splice(2);
    return forge.pkcs12.pkcs12FromAsn1(file, false, password);
  };
  try {
    return read(passphrase, true);
  } catch (error) {
    // The MAC and the old ciphers take a password as UTF-16, the new ones as UTF-8, which forge does not know.
    if (!/failed to decrypt/iu.test((error as Error).message)) throw error;
    return read(forge.util.encodeUtf8(passphrase), false);
  }
}

function contentsOf(file: forge.pkcs12.Pkcs12Pfx): Outcome {
  const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids as Readonly<Record<string, string>>;
  const bags = (bagType: string | undefined) =>
    bagType === undefined ? [] : (file.getBags({ bagType })[bagType] ?? []);
  const keys = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].map(privateKey);
  const certificates = bags(certBag).map(certificatePem);
  const [key] = keys;
  if (key === undefined) return { kind: 'failed', failure: 'noPrivateKey' };
  const own = certificates.find((pem) => new X509Certificate(pem).checkPrivateKey(key));
  if (own === undefined) return { kind: 'failed', failure: 'noCertificate' };
  return {
    kind: 'converted',
    converted: {
      key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
      certificate: own,
      authorities: certificates.filter((pem) => pem !== own),
    },
  };
}

/** forge knows RSA keys alone, and leaves all others as they were. */
function privateKey({ key, asn1 }: forge.pkcs12.Bag): KeyObject {
  if (key) return createPrivateKey(forge.pki.privateKeyToPem(key));
  return createPrivateKey({ key: der(asn1), format: 'der', type: 'pkcs8' });
}

function certificatePem({ cert, asn1 }: forge.pkcs12.Bag): string {
  return cert ? forge.pki.certificateToPem(cert) : new X509Certificate(der(asn1)).toString();
}

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}
