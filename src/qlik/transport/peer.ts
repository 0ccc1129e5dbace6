import type { TLSSocket } from 'node:tls';
import type { FailureKind } from '../failure.ts';

const LIMIT = 120;

/** Describes the certificate a server showed, where that is what went wrong. */
export function describePeer(kind: FailureKind, tls: TLSSocket): string | undefined {
  const certificate = tls.getPeerX509Certificate();
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
    return `its certificate "${oneLine(certificate.subject)}" is not valid (${String(tls.authorizationError)})`;
  }
  return undefined;
}

function oneLine(text: string): string {
  const line = text.replaceAll('\n', ', ');
  return line.length > LIMIT ? `${line.slice(0, LIMIT)}…` : line;
}
