import { describe, expect, test } from 'vitest';
import type { ProxyService, ServiceStatus, VirtualProxy } from './repository.ts';
import { configurationProblem, isKnownHost, type VirtualProxyFacts } from './virtual-proxy.ts';

describe('isKnownHost', () => {
  test.each([
    ['qlik.corp.example', 'qlik.corp.example', true, 'the host itself'],
    ['QLIK.corp.example', 'qlik.CORP.example', true, 'the host itself in other letters'],
    ['node2.corp.example', 'qlik.corp.example', true, 'a sister in the same domain'],
    ['corp.example', 'qlik.corp.example', false, 'the domain is no sister'],
    ['qlik.corp.example', 'corp.example', false, 'one label left is no domain'],
    ['evil.example', 'corp.example', false, 'one label left is no domain'],
    ['a.node2.corp.example', 'qlik.corp.example', false, 'a host of a subdomain'],
    ['qlik.other.example', 'qlik.corp.example', false, 'the same name elsewhere'],
    ['node2.corp.example.evil.test', 'qlik.corp.example', false, 'the domain in the middle'],
    ['node2.evilcorp.example', 'qlik.corp.example', false, 'the domain as the end of another'],
    ['qlik', 'qlik', true, 'a single label, equal'],
    ['node2', 'qlik', false, 'single labels share no domain'],
    ['qlik', 'qlik.corp.example', false, 'the short name of a long one'],
    ['10.1.2.3', '10.1.2.3', true, 'an address, equal'],
    ['99.1.2.3', '10.1.2.3', false, 'addresses have no domain'],
    ['::1', '::1', true, 'an IPv6 address, equal'],
    ['::ffff:99.1.2.3', '::ffff:98.1.2.3', false, 'addresses have no domain'],
    ['', 'qlik.corp.example', false, 'nothing'],
    ['.corp.example', 'qlik.corp.example', false, 'an empty label'],
    ['x#.corp.example', 'qlik.corp.example', false, 'not a host name'],
    ['evil.test/.corp.example', 'qlik.corp.example', false, 'a path'],
    ['user@x.corp.example', 'qlik.corp.example', false, 'user info'],
    ['WIN_NODE-2.corp.example', 'qlik.corp.example', true, 'an underscore, as Windows allows it'],
  ])('%s beside %s: %s (%s)', (learnt, known, expected) => {
    expect(isKnownHost(learnt, [known])).toBe(expected);
  });

  test('any of the known hosts will do', () => {
    expect(isKnownHost('node2.corp.example', ['qlik.dmz.example', 'qs1.corp.example'])).toBe(true);
    expect(isKnownHost('node2.corp.example', [])).toBe(false);
  });
});

const virtualProxy: VirtualProxy = {
  id: 'vp',
  prefix: 'kpi',
  modifiedDate: '2026-01-01T00:00:00.000Z',
  authenticationMethod: 0,
  sessionCookieHeaderName: 'X-Qlik-Session-kpi',
  loadBalancingServerNodes: [{ id: 'engine' }],
};

function service(node: string, links: readonly string[]): ProxyService {
  return {
    serverNodeConfiguration: { id: node, hostName: `${node}.corp.example`, isCentral: false },
    settings: { restListenPort: 4243, virtualProxies: links.map((id) => ({ id })) },
  };
}

function status(serviceType: number, id: string, serviceState: number): ServiceStatus {
  return { serviceType, serviceState, serverNodeConfiguration: { id } };
}

const good: VirtualProxyFacts = {
  prefix: 'kpi',
  virtualProxy,
  proxyServices: [service('proxy', ['other', 'vp'])],
  statuses: [status(1, 'proxy', 2), status(3, 'engine', 2)],
};

describe('configurationProblem', () => {
  test.each<[string, Partial<VirtualProxyFacts>, string | undefined, string]>([
    ['all is well', {}, undefined, ''],
    ['no status is known', { statuses: [] }, undefined, ''],
    [
      'there is none',
      { virtualProxy: undefined },
      'VirtualProxyMissing',
      'no virtual proxy with the prefix "kpi"',
    ],
    [
      'it has no node',
      { virtualProxy: { ...virtualProxy, loadBalancingServerNodes: [] } },
      'NoEngineNode',
      'no load balancing node',
    ],
    [
      'there is no proxy service',
      { proxyServices: [] },
      'NotLinked',
      'the virtual proxy "kpi" is linked to no proxy service',
    ],
    [
      'others are linked',
      { proxyServices: [service('proxy', ['other'])] },
      'NotLinked',
      'linked to no proxy service',
    ],
    [
      'its proxy is down',
      { statuses: [status(1, 'proxy', 1), status(3, 'engine', 2)] },
      'ProxyNotRunning',
      'no proxy service that the virtual proxy "kpi" is linked to is running',
    ],
    [
      'its engine is down',
      { statuses: [status(1, 'proxy', 2), status(3, 'engine', 3)] },
      'NoEngineNode',
      'has a running engine',
    ],
    [
      'one of two proxies runs',
      {
        proxyServices: [service('down', ['vp']), service('proxy', ['vp'])],
        statuses: [status(1, 'down', 1), status(1, 'proxy', 2)],
      },
      undefined,
      '',
    ],
    [
      'one of two engines runs',
      {
        virtualProxy: { ...virtualProxy, loadBalancingServerNodes: [{ id: 'down' }, { id: 'engine' }] },
        statuses: [status(3, 'down', 1), status(3, 'engine', 2)],
      },
      undefined,
      '',
    ],
    [
      'an unlinked proxy runs',
      {
        proxyServices: [service('proxy', ['vp']), service('other', [])],
        statuses: [status(1, 'proxy', 1), status(1, 'other', 2)],
      },
      'ProxyNotRunning',
      '',
    ],
    [
      'an engine elsewhere runs',
      { statuses: [status(3, 'engine', 1), status(3, 'other', 2)] },
      'NoEngineNode',
      '',
    ],
  ])('%s', (_what, change, kind, detail) => {
    const problem = configurationProblem({ ...good, ...change }, 'q:4242');
    expect(problem?.kind).toBe(kind);
    expect(problem?.detail ?? '').toContain(detail);
    expect(problem?.endpoint).toBe(kind === undefined ? undefined : 'q:4242');
  });

  test('the default virtual proxy has a name of its own', () => {
    const problem = configurationProblem({ ...good, prefix: '', proxyServices: [] }, 'q:4242');
    expect(problem?.detail).toBe('the default virtual proxy is linked to no proxy service');
  });
});
