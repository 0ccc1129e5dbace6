import { LISTENERS, type ListenerName } from './faults.ts';

/** What a site has seen since the start or the last reset. */
export interface Counters {
  /** Requests by endpoint, ids replaced: `GET /qrs/about`, `DELETE /qps/kpi/session/{id}`, `GET /qps/kpi/user/{directory}/{id}`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Accepted TCP connections by listener. */
  readonly connections: Readonly<Record<ListenerName, number>>;
  /** Finished TLS handshakes by listener, those with a certificate that is rejected afterwards included. */
  readonly handshakes: Readonly<Record<ListenerName, number>>;
}

/** Counts for a site. */
export class Tally implements Counters {
  requests: Record<string, number> = {};
  connections = zeros();
  handshakes = zeros();

  /** Counts a request under its endpoint. */
  request(method: string, path: string): void {
    const endpoint = `${method} ${withoutIds(path)}`;
    this.requests[endpoint] = (this.requests[endpoint] ?? 0) + 1;
  }

  /** Back to nothing seen. */
  reset(): void {
    this.requests = {};
    this.connections = zeros();
    this.handshakes = zeros();
  }
}

function zeros(): Record<ListenerName, number> {
  return Object.fromEntries(LISTENERS.map((name) => [name, 0])) as Record<ListenerName, number>;
}

function withoutIds(path: string): string {
  return path
    .replace(/^(\/qps(?:\/[^/]+)?\/session)\/[^/]+$/, '$1/{id}')
    .replace(/^(\/qps(?:\/[^/]+)?\/user)\/[^/]+\/[^/]+$/, '$1/{directory}/{id}');
}
