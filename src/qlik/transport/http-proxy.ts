import { request } from 'node:http';
import type { Socket } from 'node:net';
import { addressOf, type Endpoint } from './endpoint.ts';

/** An HTTP proxy that makes a tunnel to a server (CONNECT). */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** Value of Proxy-Authorization; a secret. */
  readonly authorization?: string;
  /** Chosen by who writes a QlikServer, and so within the bounds that the administrator sets; else by the latter. */
  readonly isBounded: boolean;
}

/** The proxy by which a server is reached; none where it is reached directly. */
export type ProxyFor = (host: string, port: number) => HttpProxy | undefined;

/** The proxy has answered, but not with a tunnel. */
export class TunnelRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** Has the proxy connect to the endpoint; what is sent afterwards reaches that. */
export function openTunnel(
  endpoint: Endpoint,
  { authorization }: HttpProxy,
  socket: Socket,
  limit: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const target = addressOf(endpoint);
  const connect = request({
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
    createConnection: () => socket,
    signal: limit,
  });
  connect.once('error', reject);
  connect.once('connect', ({ statusCode = 0 }, _tunnel, head: Buffer) => {
    if (statusCode < 200 || statusCode > 299) return reject(new TunnelRefused(statusCode));
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  connect.end();
  return promise;
}
