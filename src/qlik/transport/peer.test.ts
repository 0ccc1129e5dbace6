import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityError } from './peer.ts';

const certificate = (subject: string, subjectAltName?: string) =>
  ({ subject, subjectAltName }) as unknown as X509Certificate;

describe('identityError', () => {
  it.each([
    ['a name of the certificate', 'CN=x', 'DNS:other, DNS:qlik.example', 'qlik.example'],
    ['a wildcard', 'CN=x', 'DNS:*.qlik.example', 'site.qlik.example'],
    ['an address', 'CN=x', 'IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1', '::1'],
    ['the common name, where there is nothing else', 'O=Qlik\nCN=qlik.example', undefined, 'qlik.example'],
  ])('accepts %s', (_what, subject, names, host) => {
    expect(identityError(certificate(subject, names), host)).toBeUndefined();
  });

  it.each([
    ['another name', 'CN=x', 'DNS:qlik.example', 'other.example'],
    ['a wildcard over two labels', 'CN=x', 'DNS:*.example', 'a.b.example'],
    ['an address among the names', 'CN=x', 'DNS:127.0.0.1', '127.0.0.1'],
    ['the common name, where there are names', 'CN=qlik.example', 'DNS:other.example', 'qlik.example'],
    ['no name at all', 'O=Qlik', undefined, 'qlik.example'],
  ])('refuses %s', (_what, subject, names, host) => {
    expect(identityError(certificate(subject, names), host)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('refuses where no certificate was shown', () => {
    expect(identityError(undefined, 'qlik.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});
