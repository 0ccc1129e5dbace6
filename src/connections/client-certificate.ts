import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import type { OnPremise } from '../api/onpremise.ts';
import { parseAuthorities } from './authorities.ts';
import { certificateIn, detailsOf, type CertificateDetails } from './certificate.ts';
import { serviceContext } from './contexts.ts';
import { openPkcs12, readPkcs12 } from './pkcs12/open.ts';
import type { Converted } from './pkcs12/outcome.ts';
import { ConfigurationProblem } from './problem.ts';
import { readData, readKey, type ReadSource } from './source.ts';

/** A client certificate, opened. */
export interface ClientCertificate {
  readonly context: SecureContext;
  readonly details: CertificateDetails;
  /** All of its bytes, for the fingerprint of the connection. */
  readonly contents: readonly Buffer[];
  /** What must never appear in any output. */
  readonly secrets: readonly Buffer[];
  /** Its parts in PEM form, for those who cannot use the form it came in. */
  readonly pem: () => Promise<Converted>;
}

/** Reads and opens the client certificate in either of its forms. */
export function openClientCertificate(
  { pkcs12, tls }: OnPremise['clientCertificate'],
  read: ReadSource,
  authorities: readonly string[],
): Promise<ClientCertificate> {
  if (pkcs12 !== undefined) return fromPkcs12(pkcs12, read, authorities);
  if (tls !== undefined) return fromTlsSecret(tls.secretName, read, authorities);
  throw new Error('clientCertificate has neither pkcs12 nor tls'); // the schema has refused this
}

async function fromPkcs12(
  reference: NonNullable<OnPremise['clientCertificate']['pkcs12']>,
  read: ReadSource,
  authorities: readonly string[],
): Promise<ClientCertificate> {
  const { secretName, key, passwordKey, passwordSecretName } = reference;
  const pfx = await readKey(read, { kind: 'Secret', name: secretName }, key);
  const password = await readKey(
    read,
    { kind: 'Secret', name: passwordSecretName ?? secretName },
    passwordKey,
  );
  const where = `the key "${key}" of the Secret "${secretName}"`;
  const file = { pfx, passphrase: password.toString('utf8'), where };
  const context = await openPkcs12(file, authorities);
  return {
    context,
    details: detailsOf(await certificateIn(context)),
    contents: [pfx, password],
    secrets: [pfx, password],
    pem: () => readPkcs12(file),
  };
}

async function fromTlsSecret(
  name: string,
  read: ReadSource,
  authorities: readonly string[],
): Promise<ClientCertificate> {
  const reference = { kind: 'Secret', name } as const;
  const data = await readData(read, reference);
  const cert = await readKey(read, reference, 'tls.crt');
  const key = await readKey(read, reference, 'tls.key');
  const bundled = data['ca.crt'];
  const own =
    bundled === undefined ? [] : parseAuthorities(bundled, `the key "ca.crt" of the Secret "${name}"`);
  try {
    const certificate = new X509Certificate(cert);
    // OpenSSL keeps a key of another kind beside the certificate without complaint.
    if (!certificate.checkPrivateKey(createPrivateKey(key)))
      throw new Error('the key is of another certificate');
    return {
      context: serviceContext({ cert, key }, [...authorities, ...own]),
      details: detailsOf(certificate),
      contents: [cert, key, bundled ?? Buffer.alloc(0)],
      secrets: [key],
      pem: () => Promise.resolve({ certificate: cert.toString(), key: key.toString(), authorities: own }),
    };
  } catch (cause) {
    throw new ConfigurationProblem(
      'InvalidCertificate',
      `tls.crt and tls.key of the Secret "${name}" cannot be used: they must be in PEM form and belong together`,
      { cause },
    );
  }
}
