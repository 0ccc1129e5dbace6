import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { FailureKind } from '../failure.ts';

const LIMIT = 120;

/** Code of the error when the certificate a server showed is for another name. */
export function identityError(certificate: X509Certificate | undefined, name: string): string | undefined {
  const lines = certificate?.subject.split('\n') ?? [];
  const commonNames = lines.filter((line) => line.startsWith('CN=')).map((line) => line.slice('CN='.length));
  const identity = { subject: { CN: commonNames }, subjectaltname: certificate?.subjectAltName };
  // All that it reads of a certificate.
  const error: (Error & { code?: string }) | undefined = checkServerIdentity(
    name,
    identity as unknown as PeerCertificate,
  );
  return error?.code;
}

/** Describes the certificate a server showed, where that is what went wrong. */
export function describePeer(
  kind: FailureKind,
  certificate: X509Certificate | undefined,
  code: string,
): string | undefined {
  if (certificate === undefined) return undefined;
  if (kind === 'UnknownCA') {
    return `its certificate is issued by "${oneLine(certificate.issuer)}", which is not trusted`;
  }
  if (kind === 'HostnameMismatch') {
    const names = certificate.subjectAltName ?? certificate.subject;
    return `its certificate is for "${oneLine(names)}"`;
  }
  if (kind === 'ServerCertificateExpired') {
    return `its certificate "${oneLine(certificate.subject)}" expired on ${certificate.validToDate.toISOString().slice(0, 10)}`;
  }
  if (kind === 'ServerCertificateInvalid') {
    return `its certificate "${oneLine(certificate.subject)}" is not valid (${code})`;
  }
  return undefined;
}

function oneLine(text: string): string {
  const line = text.replaceAll('\n', ', ');
  return line.length > LIMIT ? `${line.slice(0, LIMIT)}…` : line;
}
