import { BlockList, isIP } from 'node:net';
import type { HttpProxy, ProxyFor } from '../qlik/transport/http-proxy.ts';

export const directly: ProxyFor = () => undefined;

/**
 * The proxy that the environment names for https addresses: HTTPS_PROXY, but for what NO_PROXY names; both in capitals or
 * not. NO_PROXY is read as Go programs read it: names (with everything below them; only that, if they begin with a dot),
 * addresses, CIDR blocks, each perhaps with a port, and `*`. Loopback is never proxied. Throws what is wrong with a value.
 */
export function environmentProxy(env: Readonly<Record<string, string | undefined>>): ProxyFor {
  const name = env['HTTPS_PROXY'] ? 'HTTPS_PROXY' : 'https_proxy';
  const address = env[name] ?? '';
  if (address === '') return directly;
  const proxy = parsed(name, address);
  const isDirect = directHosts(env['NO_PROXY'] || env['no_proxy'] || '');
  return (host, port) => (isDirect(host, port) ? undefined : proxy);
}

/** The proxy at an address that a QlikServer names. */
export function proxyAt(address: string): HttpProxy {
  const { hostname, port } = new URL(address);
  return { host: bare(hostname), port: Number(port) || 80, isBounded: true };
}

/** Without a scheme it is http, as everywhere. The value may have a password: it is in no message. */
function parsed(name: string, address: string): HttpProxy {
  const text = address.includes('://') ? address : `http://${address}`;
  const rule = `${name} must be an http:// address of a proxy, such as http://proxy.corp.example:3128`;
  if (!URL.canParse(text)) throw new Error(rule);
  const { protocol, hostname, port, username, password } = new URL(text);
  if (protocol !== 'http:' || hostname === '') throw new Error(rule);
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    host: bare(hostname),
    port: Number(port) || 80,
    isBounded: false,
    ...(username === '' ? {} : { authorization: `Basic ${Buffer.from(account).toString('base64')}` }),
  };
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/u, '$1');
}

function directHosts(text: string): (host: string, port: number) => boolean {
  const entries = text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const tests = entries.map(directHost);
  const loopback = blocks(['127.0.0.0/8', '::1/128']);
  return (host, port) => {
    const name = host.toLowerCase().replace(/\.$/u, '');
    return name === 'localhost' || loopback(name) || tests.some((test) => test(name, port));
  };
}

function directHost(entry: string): (name: string, port: number) => boolean {
  if (entry === '*') return () => true;
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/u.exec(entry) ?? [undefined, entry];
  const names = nameTest(bare(host));
  return (name, at) => (port === undefined || Number(port) === at) && names(name);
}

function nameTest(host: string): (name: string) => boolean {
  const block = blocks([isIP(host) === 0 ? host : `${host}/${isIP(host) === 4 ? 32 : 128}`]);
  const suffix = host.replace(/^\*?\./u, '.');
  if (suffix.startsWith('.')) return (name) => name.endsWith(suffix);
  return (name) => block(name) || name === host || name.endsWith(`.${host}`);
}

/** Whether an address is in one of these CIDR blocks; what is none is left out. */
function blocks(list: readonly string[]): (name: string) => boolean {
  const addresses = new BlockList();
  for (const block of list) {
    const [network = '', bits = ''] = block.split('/');
    const family = isIP(network);
    if (family === 0 || !/^\d+$/u.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) continue;
    addresses.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (name) => isIP(name) !== 0 && addresses.check(name, isIP(name) === 4 ? 'ipv4' : 'ipv6');
}
