import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where to listen; port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** Answers a path, or throws. */
export type Route = () => Promise<{ readonly status: number; readonly type?: string; readonly body: string }>;

/** A small HTTP server for probes and metrics. */
export class TelemetryServer {
  readonly #server: Server;

  constructor(routes: Readonly<Record<string, Route>>) {
    const known = new Map(Object.entries(routes));
    this.#server = createServer((request, response) => {
      // Not `new URL`, which throws at what any client can send, such as "//".
      const [path = ''] = (request.url ?? '').split('?', 1);
      void answer(response, known.get(path) ?? (() => Promise.resolve({ status: 404, body: 'not found\n' })));
    });
  }

  /** Listens, and returns the address it got. */
  listen({ host, port }: ListenAddress): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, () => {
      const address = this.#server.address() as AddressInfo;
      resolve(`${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
    });
    return promise;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function answer(response: ServerResponse, route: Route): Promise<void> {
  try {
    const { status, type = 'text/plain; charset=utf-8', body } = await route();
    response.writeHead(status, { 'content-type': type }).end(body);
  } catch {
    response.writeHead(500, { 'content-type': 'text/plain' }).end('internal error\n');
  }
}
