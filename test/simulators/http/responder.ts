import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Call, Reply } from './message.ts';

/** How the wire treats one request. */
export interface Wire {
  /** The request is never answered. */
  readonly hang: boolean;
  /** Milliseconds before the first byte. */
  readonly slow: number;
  /** Milliseconds between the two halves of the body. Default: 0. */
  readonly slowBody?: number;
  /** Damages the reply on its way. */
  readonly spoil?: (reply: Reply) => Reply;
}

/** What counts requests. */
export interface RequestTally {
  /** A request has come. */
  request(method: string, path: string, host: string): void;
  /** A request is answered, or its connection has ended. */
  close?(): void;
}

/** What a responder is made of. */
export interface ResponderParts {
  readonly answer: (call: Call) => Reply;
  /** The reply when a request is malformed or its answer throws. */
  readonly failed: (error: unknown) => Reply;
  readonly wire: (path: string) => Wire;
  readonly tally: RequestTally;
}

/** Turns HTTP into calls and replies, and is slow, silent or cut short where the wire says so. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** Reads a request and answers it. */
  respond(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '/', headers } = request;
    const { tally, wire } = this.#parts;
    const path = url.split('?', 1)[0] ?? '';
    tally.request(method, path, headers.host?.replace(/:\d+$/, '') ?? '');
    response.once('close', () => tally.close?.());
    const { hang, slow, slowBody = 0, spoil = (reply: Reply): Reply => reply } = wire(path);
    if (hang) return;
    readText(request)
      .then((body) => this.#reply(request, body))
      .then((reply) => setTimeout(send, slow, response, spoil(reply), slowBody).unref())
      .catch(() => response.destroy());
  }

  #reply(request: IncomingMessage, body: string): Reply {
    const { method = '', headers } = request;
    try {
      const url = new URL(request.url ?? '/', `https://${headers.host ?? 'localhost'}`);
      const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
      return this.#parts.answer({ method, url, segments, headers, body });
    } catch (error) {
      return this.#parts.failed(error);
    }
  }
}

/** Sends a reply, unless the connection has ended. `pause`: milliseconds between the two halves of its body. */
export function send(response: ServerResponse, { status, headers, body, reset }: Reply, pause = 0): void {
  if (response.destroyed) return;
  if (reset === 'before') {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  if (reset === undefined && pause === 0) {
    response.end(bytes);
    return;
  }
  const [first, second] = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
  response.write(first, () => {
    if (reset === 'inside') response.destroy();
    else setTimeout(() => response.end(second), pause).unref();
  });
}
