import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ProxyFor } from './http-proxy.ts';
import type { TargetPolicy } from './target-policy.ts';

/** One TLS listener of a Qlik server and how to trust it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Name expected in its certificate; the host where not set. */
  readonly tlsServerName?: string | undefined;
  /** Trust and, for the services behind mutual TLS, the client certificate. */
  readonly secureContext: SecureContext;
  readonly presentsClientCertificate: boolean;
  readonly verify: boolean;
  readonly policy: TargetPolicy;
  /** Always directly, where not set. */
  readonly proxyFor?: ProxyFor | undefined;
}

/** `host:port` as messages show it. */
export function addressOf({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** A host without the brackets that an IPv6 address has inside a URL. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/u, '$1');
}
