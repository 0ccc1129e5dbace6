import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { onPremise } from '../../api/onpremise.ts';
import { addressOf } from '../transport/endpoint.ts';
import { ANY_TARGET } from '../transport/target-policy.ts';
import { siteOf, type Site } from './site.ts';

const browserContext = createSecureContext({ ca: [] });
const serviceContext = createSecureContext({ ca: [] });

function site(fields: Record<string, unknown>): Site {
  const spec = onPremise.parse({
    serverUrl: 'https://qlik.corp.example/kpi',
    userDirectory: 'CORP',
    serviceAccountUser: 'svc_kpi',
    clientCertificate: { pkcs12: { secretName: 'qlik' } },
    ...fields,
  });
  const certificate = { notBefore: new Date(0), notAfter: new Date(0) };
  return siteOf({ spec, policy: ANY_TARGET, browserContext, serviceContext, certificate });
}

describe('siteOf', () => {
  test.each([
    ['its first segment', { serverUrl: 'https://q.example/kpi' }, 'kpi', '/kpi'],
    ['its first segment, a slash behind it', { serverUrl: 'https://q.example/kpi/' }, 'kpi', '/kpi'],
    ['the default one without a path', { serverUrl: 'https://q.example' }, '', ''],
    ['the default one with a slash alone', { serverUrl: 'https://q.example/' }, '', ''],
    ['the override', { serverUrl: 'https://q.example/x/y', virtualProxyPrefix: 'kpi' }, 'kpi', '/x/y'],
    ['the default one by override', { serverUrl: 'https://q.example/x', virtualProxyPrefix: '' }, '', '/x'],
  ])('prefix: %s', (_what, fields, prefix, basePath) => {
    expect(site(fields)).toMatchObject({ prefix, basePath });
  });

  test.each([
    ['defaults', {}, ['qlik.corp.example:443', 'qlik.corp.example:4242', 'qlik.corp.example:4243']],
    [
      'a port',
      { serverUrl: 'https://q.example:8443' },
      ['q.example:8443', 'q.example:4242', 'q.example:4243'],
    ],
    [
      'an IPv6 address',
      { serverUrl: 'https://[2001:DB8::1]' },
      ['[2001:db8::1]:443', '[2001:db8::1]:4242', '[2001:db8::1]:4243'],
    ],
    [
      'an IPv4 address',
      { serverUrl: 'https://10.0.0.1' },
      ['10.0.0.1:443', '10.0.0.1:4242', '10.0.0.1:4243'],
    ],
    [
      'services elsewhere',
      { repositoryService: { host: '[::1]', port: 1 }, proxyService: { port: 2 } },
      ['qlik.corp.example:443', '[::1]:1', 'qlik.corp.example:2'],
    ],
  ])('addresses: %s', (_what, fields, expected) => {
    const { browser, repository, proxyService } = site(fields);
    const proxy = proxyService(browser.host, undefined);
    expect([browser, repository, proxy].map(addressOf)).toEqual(expected);
  });

  test('hosts carry no brackets, wherever they come from', () => {
    const fields = { serverUrl: 'https://[::1]/kpi', repositoryService: { host: '[::2]' } };
    const { browser, repository, proxyService } = site(fields);
    expect(browser.host).toBe('::1');
    expect(repository.host).toBe('::2');
    expect(proxyService('[::3]', 4243).host).toBe('::3');
  });

  test('the port of the proxy service: the spec, else the site, else 4243', () => {
    expect(site({}).proxyService('q', undefined).port).toBe(4243);
    expect(site({}).proxyService('q', 5000).port).toBe(5000);
    expect(site({ proxyService: { port: 6000 } }).proxyService('q', 5000).port).toBe(6000);
  });

  test('only the services get the client certificate and an own server name', () => {
    const fields = { repositoryService: { tlsServerName: 'qs1' }, proxyService: { tlsServerName: 'qs2' } };
    const { browser, repository, proxyService } = site(fields);
    expect(browser).toMatchObject({ presentsClientCertificate: false, verify: true });
    expect(browser.secureContext).toBe(browserContext);
    expect(browser.tlsServerName).toBeUndefined();
    for (const [service, tlsServerName] of [
      [repository, 'qs1'],
      [proxyService('q', 1), 'qs2'],
    ] as const) {
      expect(service).toMatchObject({ presentsClientCertificate: true, verify: true, tlsServerName });
      expect(service.secureContext).toBe(serviceContext);
    }
  });

  test('insecureSkipTlsVerify covers every endpoint', () => {
    const { browser, repository, proxyService } = site({ insecureSkipTlsVerify: true });
    expect([browser, repository, proxyService('q', 1)].map(({ verify }) => verify)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
