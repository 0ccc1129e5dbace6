import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Simulation } from '../simulation.ts';
import { administer } from './api.ts';

/** A running admin API. */
export interface AdminApi extends AsyncDisposable {
  /** `http://127.0.0.1:` and the port. */
  readonly url: string;
}

/** Opens the admin API of a simulator on a port of 127.0.0.1; 0 is any free one. */
export async function startAdminApi(simulation: Simulation, port: number): Promise<AdminApi> {
  const server = createServer((request, response) => {
    serve(simulation, request, response).catch(() => response.destroy());
  });
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  try {
    await listening;
  } catch (cause) {
    throw new Error(`The admin API cannot listen on port ${port}: ${(cause as Error).message}`, { cause });
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '/' } = request;
  const path = (url.split('?', 1)[0] ?? '').replaceAll(/^\/+|\/+$/g, '');
  const reply = await administer(simulation, { method, path, body: await text(request) });
  const body = `${JSON.stringify(reply.body, null, 2)}\n`;
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(body);
}
