import type { FailureKind, Phase } from '../failure.ts';

/** What the errors of Node and OpenSSL mean (facts measured on Node 24, OpenSSL 3.5). */
const BY_CODE: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'DnsNotFound',
  EAI_AGAIN: 'DnsTemporary',
  ECONNREFUSED: 'ConnectionRefused',
  ETIMEDOUT: 'ConnectTimeout',
  SELF_SIGNED_CERT_IN_CHAIN: 'UnknownCA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'UnknownCA',
  UNABLE_TO_GET_ISSUER_CERT: 'UnknownCA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'UnknownCA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'UnknownCA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'HostnameMismatch',
  CERT_HAS_EXPIRED: 'ServerCertificateExpired',
  CERT_NOT_YET_VALID: 'ServerCertificateInvalid',
  CERT_SIGNATURE_FAILURE: 'ServerCertificateInvalid',
  INVALID_PURPOSE: 'ServerCertificateInvalid',
  INVALID_CA: 'ServerCertificateInvalid',
  UND_ERR_HEADERS_OVERFLOW: 'UnexpectedResponse',
  ERR_SSL_WRONG_VERSION_NUMBER: 'NotTls',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'NotTls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'NotTls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'NotTls',
  ERR_SSL_EE_KEY_TOO_SMALL: 'ServerCertificateInvalid',
  ERR_SSL_CA_MD_TOO_WEAK: 'ServerCertificateInvalid',
};

/** Alerts by which a server says that it does not like the client's certificate. */
const CERTIFICATE_ALERT =
  /alert (?:unknown ca|certificate|bad certificate|unsupported certificate|handshake failure|access denied)|ALERT_(?:UNKNOWN_CA|CERTIFICATE|BAD_CERTIFICATE|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED_CERTIFICATE)/iu;
const PLAIN_TEXT =
  /wrong version number|alert protocol version|packet length too long|http request|unsupported protocol/iu;

interface SystemError extends Error {
  code?: string;
  errors?: SystemError[];
}

/** A name with several addresses fails with an AggregateError whose own message is empty: its first part speaks. */
function principal(error: SystemError): SystemError {
  return error.errors?.[0] ?? error;
}

/** What an error of DNS, TCP, TLS or HTTP means. */
export function classify(error: unknown, phase: Phase, presentsClientCertificate: boolean): FailureKind {
  const cause = principal(error as SystemError);
  const text = `${cause.code ?? ''} ${cause.message}`;
  const known = BY_CODE[cause.code ?? ''];
  if (known !== undefined) return known;
  if (phase === 'dns') return 'DnsTemporary';
  if (presentsClientCertificate && rejectsClientCertificate(cause, phase, text))
    return 'ClientCertificateRejected';
  if (PLAIN_TEXT.test(text)) return 'NotTls';
  return 'ConnectionFailed';
}

/**
 * Qlik's services check the certificate in application code and then cut the connection, before the first byte of
 * HTTP; others send an alert. Both arrive during the handshake or, with TLS 1.3, with the first read.
 */
function rejectsClientCertificate(error: SystemError, phase: Phase, text: string): boolean {
  if (CERTIFICATE_ALERT.test(text)) return true;
  const cut = error.code === 'ECONNRESET' || error.code === 'UND_ERR_SOCKET' || error.code === 'EPIPE';
  return cut && (phase === 'tls' || phase === 'http');
}

/** What was seen, in words that do not change from one attempt to the next. */
export function describeError(error: unknown, kind: FailureKind): string {
  const cause = principal(error as SystemError);
  const code = cause.code ?? cause.name;
  if (kind === 'NotTls') return NOT_TLS;
  const seen = CERTIFICATE_ALERT.test(cause.message) ? alertText(cause.message) : (TEXTS[code] ?? code);
  return kind === 'ClientCertificateRejected' ? `the client certificate is not accepted: ${seen}` : seen;
}

function alertText(message: string): string {
  const alert = /alert ([a-z ]+)/iu.exec(message)?.[1]?.trim();
  return `the server answers with a TLS alert${alert === undefined ? '' : ` "${alert}"`}`;
}

const NOT_TLS = 'the server does not speak TLS 1.2 or newer on this port';

const TEXTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the name server gives no answer',
  ECONNREFUSED: 'nothing listens on this port',
  ECONNRESET: 'the server cuts the connection before it answers',
  UND_ERR_SOCKET: 'the server cuts the connection before it answers',
  EPIPE: 'the server cuts the connection before it answers',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are longer than 32 KB',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
};
