import { describe, expect, test } from 'vitest';
import type { FailureKind, Phase } from '../failure.ts';
import { classify, describeError } from './classify.ts';

function failing(code: string | undefined, message = code ?? ''): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

const openssl = (text: string) =>
  `C0FF:error:0A000000:SSL routines:ssl3_read_bytes:${text}:SSL alert number 0`;

describe('classify', () => {
  test.each<[Phase, string | undefined, string, FailureKind, FailureKind]>([
    // phase, code, message, kind where a client certificate is presented, kind where none is
    ['dns', 'ENOTFOUND', 'getaddrinfo ENOTFOUND qlik', 'DnsNotFound', 'DnsNotFound'],
    ['dns', 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN qlik', 'DnsTemporary', 'DnsTemporary'],
    ['dns', 'EAI_FAIL', 'getaddrinfo EAI_FAIL qlik', 'DnsTemporary', 'DnsTemporary'],
    ['tcp', 'ECONNREFUSED', 'connect ECONNREFUSED', 'ConnectionRefused', 'ConnectionRefused'],
    ['tcp', 'ETIMEDOUT', 'connect ETIMEDOUT', 'ConnectTimeout', 'ConnectTimeout'],
    ['tcp', 'EHOSTUNREACH', 'connect EHOSTUNREACH', 'ConnectionFailed', 'ConnectionFailed'],
    ['tcp', 'ECONNRESET', 'read ECONNRESET', 'ConnectionFailed', 'ConnectionFailed'],
    ['tls', 'EPROTO', openssl('wrong version number'), 'NotTls', 'NotTls'],
    ['tls', 'EPROTO', openssl('tlsv1 alert protocol version'), 'NotTls', 'NotTls'],
    ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'x', 'NotTls', 'NotTls'],
    ['tls', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'x', 'NotTls', 'NotTls'],
    [
      'tls',
      'EPROTO',
      openssl('sslv3 alert handshake failure'),
      'ClientCertificateRejected',
      'ConnectionFailed',
    ],
    ['tls', 'EPROTO', openssl('tlsv1 alert unknown ca'), 'ClientCertificateRejected', 'ConnectionFailed'],
    [
      'tls',
      'EPROTO',
      openssl('sslv3 alert certificate expired'),
      'ClientCertificateRejected',
      'ConnectionFailed',
    ],
    [
      'tls',
      'EPROTO',
      openssl('sslv3 alert unsupported certificate'),
      'ClientCertificateRejected',
      'ConnectionFailed',
    ],
    [
      'http',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'x',
      'ClientCertificateRejected',
      'ConnectionFailed',
    ],
    ['http', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'x', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['http', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'x', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['tls', 'ECONNRESET', 'socket disconnected', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['http', 'ECONNRESET', 'socket hang up', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['http', 'UND_ERR_SOCKET', 'other side closed', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['http', 'EPIPE', 'write EPIPE', 'ClientCertificateRejected', 'ConnectionFailed'],
    ['api', 'ECONNRESET', 'read ECONNRESET', 'ConnectionFailed', 'ConnectionFailed'],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'x', 'UnknownCA', 'UnknownCA'],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'x', 'UnknownCA', 'UnknownCA'],
    ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'x', 'UnknownCA', 'UnknownCA'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'x', 'UnknownCA', 'UnknownCA'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'x', 'HostnameMismatch', 'HostnameMismatch'],
    ['tls', 'CERT_HAS_EXPIRED', 'x', 'ServerCertificateExpired', 'ServerCertificateExpired'],
    ['tls', 'CERT_NOT_YET_VALID', 'x', 'ServerCertificateInvalid', 'ServerCertificateInvalid'],
    ['tls', 'INVALID_PURPOSE', 'x', 'ServerCertificateInvalid', 'ServerCertificateInvalid'],
    ['http', undefined, 'something new', 'ConnectionFailed', 'ConnectionFailed'],
  ])('%s %s "%s" → %s, without a client certificate %s', (phase, code, message, ...[presenting, plain]) => {
    expect(classify(failing(code, message), phase, true)).toBe(presenting);
    expect(classify(failing(code, message), phase, false)).toBe(plain);
  });

  test('of a name with several addresses the first error speaks', () => {
    const errors = ['::1', '127.0.0.1'].map((ip) =>
      failing('ECONNREFUSED', `connect ECONNREFUSED ${ip}:4242`),
    );
    const error = Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' });
    expect(classify(error, 'tcp', true)).toBe('ConnectionRefused');
    expect(describeError(error, 'ConnectionRefused')).toBe('nothing listens on this port');
  });
});

describe('describeError', () => {
  test.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:4242', 'connect ECONNREFUSED 10.0.0.2:50123'],
    ['ECONNRESET', 'socket hang up', 'read ECONNRESET'],
    ['EPROTO', openssl('wrong version number'), openssl('wrong version number').replace('C0FF', 'BEEF')],
    ['EPROTO', openssl('tlsv1 alert unknown ca'), openssl('tlsv1 alert unknown ca').replace('C0FF', 'BEEF')],
    ['EWHATEVER', 'at 12:01', 'at 12:02'],
  ])('%s reads the same whatever the attempt', (code, once, again) => {
    const [first, second] = [once, again].map((message) => {
      const error = failing(code, message);
      return describeError(error, classify(error, 'tls', true));
    });
    expect(first).toBe(second);
    expect(first).not.toMatch(/10\.0|12:0|C0FF/);
  });

  test.each([
    [
      openssl('tlsv1 alert unknown ca'),
      'the client certificate is not accepted: the server answers with a TLS alert "unknown ca"',
    ],
    [
      openssl('sslv3 alert certificate expired'),
      'the client certificate is not accepted: the server answers with a TLS alert "certificate expired"',
    ],
  ])('names the alert in %s', (message, expected) => {
    expect(describeError(failing('EPROTO', message), 'ClientCertificateRejected')).toBe(expected);
  });

  test('an error without a code goes by its name, not by its message', () => {
    expect(describeError(new TypeError('10.0.0.1 at 12:01'), 'ConnectionFailed')).toBe('TypeError');
  });
});
