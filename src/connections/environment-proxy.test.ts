import { describe, expect, it } from 'vitest';
import { environmentProxy, proxyAt } from './environment-proxy.ts';

const proxyFor = (noProxy: string) =>
  environmentProxy({ HTTPS_PROXY: 'http://proxy.corp:3128', NO_PROXY: noProxy });

describe('environmentProxy', () => {
  it('is none where nothing is set', () => {
    expect(environmentProxy({})('qlik.corp', 443)).toBeUndefined();
    expect(environmentProxy({ HTTPS_PROXY: '', HTTP_PROXY: 'http://a:1' })('qlik.corp', 443)).toBeUndefined();
  });

  it.each([
    ['http://proxy.corp:3128', { host: 'proxy.corp', port: 3128 }],
    ['proxy.corp', { host: 'proxy.corp', port: 80 }],
    ['http://[fd00::1]:8080/', { host: 'fd00::1', port: 8080 }],
  ])('is that of HTTPS_PROXY, in capitals or not: %s', (address, expected) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy'])
      expect(environmentProxy({ [name]: address })('qlik.corp', 443)).toEqual({
        ...expected,
        isBounded: false,
      });
  });

  it('has the account of its address, with escapes resolved', () => {
    const proxy = environmentProxy({ HTTPS_PROXY: 'http://us%40er:p%3Ass@proxy.corp:3128' })(
      'qlik.corp',
      443,
    );
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('us@er:p:ss').toString('base64')}`);
  });

  it.each([
    'https://proxy.corp:3128',
    'socks5://proxy.corp',
    'http://user:hunter2@',
    'http://user:hunter2@a b',
  ])('refuses an address that it cannot use, without showing it: %s', (address) => {
    const refusal = () => environmentProxy({ https_proxy: address });
    expect(refusal).toThrow(/^https_proxy must be an http:\/\/ address/u);
    expect(refusal).not.toThrow(/hunter2/u);
  });

  it.each([
    ['qlik.corp', 'qlik.corp'],
    ['corp', 'qlik.corp'],
    ['.corp', 'qlik.corp'],
    ['*.corp', 'qlik.corp'],
    ['Corp', 'QLIK.corp.'],
    ['other, corp:443', 'qlik.corp'],
    ['10.0.0.0/8', '10.1.2.3'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3:443', '10.1.2.3'],
    ['fd00::/8', 'fd12::1'],
    ['[fd12::1]:443', 'fd12::1'],
    ['*', 'qlik.corp'],
    ['', 'localhost'],
    ['', '127.0.0.1'],
    ['', '::1'],
  ])('NO_PROXY %j lets %s be reached directly', (noProxy, host) => {
    expect(proxyFor(noProxy)(host, 443)).toBeUndefined();
  });

  it.each([
    ['', 'qlik.corp'],
    ['lik.corp', 'qlik.corp'],
    ['.qlik.corp', 'qlik.corp'],
    ['*.qlik.corp', 'qlik.corp'],
    ['corp:4242', 'qlik.corp'],
    ['10.0.0.0/16', '10.1.2.3'],
    ['10.0.0.0/99', '10.0.0.1'],
    ['10.0.0.0/8', 'ten.corp'],
    ['fd00::/8', 'fe00::1'],
  ])('NO_PROXY %j does not let %s be reached directly', (noProxy, host) => {
    expect(proxyFor(noProxy)(host, 443)).toMatchObject({ host: 'proxy.corp' });
  });
});

it('the proxy of a QlikServer is bound by what the administrator allows', () => {
  expect(proxyAt('http://proxy.corp:3128')).toEqual({ host: 'proxy.corp', port: 3128, isBounded: true });
  expect(proxyAt('http://[::1]/')).toEqual({ host: '::1', port: 80, isBounded: true });
});
