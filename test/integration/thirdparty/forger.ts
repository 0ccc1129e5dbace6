import { createServer, request, type RequestOptions } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { issue } from '../../pki/pki.ts';

/** An answer on its way. */
export interface Passing {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** What is planted. */
export interface Plant {
  /** Changes the path and query of a request. */
  readonly request?: (path: string) => string;
  /** Changes the answer to a path. */
  readonly answer?: (answer: Passing, path: string) => Passing;
}

/** A go-between that speaks TLS to both sides and changes what passes. */
export interface Forger extends AsyncDisposable {
  readonly port: number;
  /** PEM of the authority behind it. */
  readonly ca: string;
}

/** Starts a go-between on a free port of 127.0.0.1. */
export async function startForger(
  target: Pick<RequestOptions, 'port' | 'ca' | 'pfx' | 'passphrase'>,
  plant: Plant,
): Promise<Forger> {
  const { authorities, certificates } = await issue({
    authorities: { forger: { commonName: 'forger-CA' } },
    certificates: {
      server: { commonName: 'localhost', dnsNames: ['localhost'], usage: 'server', issuer: 'forger' },
    },
  });
  const server = createServer(certificates.server, (asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy());
  });
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = asked;
    const path = plant.request?.(url) ?? url;
    const sent = request({
      host: 'localhost',
      agent: false,
      ...target,
      method,
      path,
      headers: asked.headers,
    });
    sent.end(await buffer(asked));
    const [got] = (await once(sent, 'response')) as [IncomingMessage];
    const body = (await buffer(got)).toString();
    const real = { status: got.statusCode ?? 0, headers: got.headers, body };
    const shown = plant.answer?.(real, url) ?? real;
    answer.writeHead(shown.status, { ...shown.headers, 'content-length': Buffer.byteLength(shown.body) });
    answer.end(shown.body);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    ca: authorities.forger.cert,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
