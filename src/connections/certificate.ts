import type { X509Certificate } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { TLSSocket, connect, type SecureContext } from 'node:tls';

/** What users are told of a client certificate. */
export interface CertificateDetails {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly fingerprint: string;
}

export function detailsOf(certificate: X509Certificate): CertificateDetails {
  const oneLine = (text: string) => text.split('\n').join(', ').slice(0, 512);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    fingerprint: certificate.fingerprint256,
  };
}

const HANDSHAKE_DEADLINE = 5_000;

const known = new WeakMap<SecureContext, Promise<X509Certificate>>();

/** The certificate inside a secure context. */
export function certificateIn(secureContext: SecureContext): Promise<X509Certificate> {
  const certificate = known.get(secureContext) ?? shownBy(secureContext);
  known.set(secureContext, certificate);
  certificate.catch(() => known.delete(secureContext));
  return certificate;
}

/** Node has no way to take it out of a PKCS#12 file, but a handshake in memory shows it to the other side. */
async function shownBy(secureContext: SecureContext): Promise<X509Certificate> {
  const [left, right] = duplexPair();
  const server = new TLSSocket(left, { isServer: true, secureContext });
  const client = connect({
    socket: right,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate>();
  const deadline = setTimeout(
    () => reject(new Error('the handshake in memory did not end')),
    HANDSHAKE_DEADLINE,
  );
  server.on('error', reject);
  client.on('error', reject);
  client.on('secureConnect', () => {
    const certificate = client.getPeerX509Certificate();
    if (certificate === undefined) reject(new Error('the handshake in memory showed no certificate'));
    else resolve(certificate);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    client.destroy();
    server.destroy();
  }
}
