/** What a tenant has seen since the start or the last reset. */
export interface Counters {
  /** Requests by endpoint, ids replaced: `POST /oauth/token`, `GET /api/v1/users/me`, `GET /api/v1/users/{id}`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests by the host name asked, without the port: proves that nothing followed a link elsewhere. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Accepted TCP connections. */
  readonly connections: number;
  /** Finished TLS handshakes. */
  readonly handshakes: number;
  /** Highest number of requests at a time. */
  readonly peak: number;
}

/** Counts for a tenant. */
export class Tally implements Counters {
  requests: Record<string, number> = {};
  hosts: Record<string, number> = {};
  connections = 0;
  handshakes = 0;
  peak = 0;
  #open = 0;

  /** Requests that are not yet answered. */
  get open(): number {
    return this.#open;
  }

  /** Counts a request under its endpoint and host, as open until {@link close}. */
  request(method: string, path: string, host: string): void {
    const endpoint = `${method} ${withoutIds(path)}`;
    this.requests[endpoint] = (this.requests[endpoint] ?? 0) + 1;
    this.hosts[host] = (this.hosts[host] ?? 0) + 1;
    this.#open += 1;
    this.peak = Math.max(this.peak, this.#open);
  }

  /** A request is answered, or its connection has ended. */
  close(): void {
    this.#open -= 1;
  }

  /** Back to nothing seen; open requests stay open. */
  reset(): void {
    this.requests = {};
    this.hosts = {};
    this.connections = 0;
    this.handshakes = 0;
    this.peak = this.#open;
  }
}

function withoutIds(path: string): string {
  return path.replace(/^(\/api\/v1\/[^/]+)\/(?!me$)[^/]+$/, '$1/{id}');
}
