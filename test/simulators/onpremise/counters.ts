import type { ListenerName } from './faults.ts';

/** Numbers by listener; a second proxy node has one only if it was used. */
export type ByListener = Readonly<
  Record<'repository' | 'proxy' | 'browser', number> & Partial<Record<ListenerName, number>>
>;

/** What a site has seen since the start or the last reset. */
export interface Counters {
  /** Requests by endpoint, ids replaced: `GET /qrs/about`, `GET /qrs/app/{id}`, `DELETE /qps/kpi/session/{id}`, `GET /qps/kpi/user/{directory}/{id}`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Accepted TCP connections by listener. */
  readonly connections: ByListener;
  /** Finished TLS handshakes by listener, those with a certificate that is rejected afterwards included. */
  readonly handshakes: ByListener;
  /** Requests by the host name asked, without the port: proves that nothing followed a redirect elsewhere. */
  readonly hosts: Readonly<Record<string, number>>;
}

/** Counts for a site. */
export class Tally implements Counters {
  requests: Record<string, number> = {};
  connections = zeros();
  handshakes = zeros();
  hosts: Record<string, number> = {};

  /** Counts a request under its endpoint and host. */
  request(method: string, path: string, host: string): void {
    const endpoint = `${method} ${withoutIds(path)}`;
    this.requests[endpoint] = (this.requests[endpoint] ?? 0) + 1;
    this.hosts[host] = (this.hosts[host] ?? 0) + 1;
  }

  /** Counts an accepted connection. */
  connection(name: ListenerName): void {
    this.connections = { ...this.connections, [name]: (this.connections[name] ?? 0) + 1 };
  }

  /** Counts a finished handshake. */
  handshake(name: ListenerName): void {
    this.handshakes = { ...this.handshakes, [name]: (this.handshakes[name] ?? 0) + 1 };
  }

  /** Back to nothing seen. */
  reset(): void {
    this.requests = {};
    this.connections = zeros();
    this.handshakes = zeros();
    this.hosts = {};
  }
}

function zeros(): ByListener {
  return { repository: 0, proxy: 0, browser: 0 };
}

function withoutIds(path: string): string {
  return path
    .replace(/^(\/qrs\/[^/]+)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, '$1/{id}')
    .replace(/^(\/qps(?:\/[^/]+)?\/session)\/[^/]+$/, '$1/{id}')
    .replace(/^(\/qps(?:\/[^/]+)?\/user)\/[^/]+\/[^/]+$/, '$1/{directory}/{id}');
}
