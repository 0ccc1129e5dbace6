import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Tally } from './counters.ts';
import { concerns, type Faults, type ListenerName } from './faults.ts';
import { atGateway } from './gateway.ts';
import { type Call, type Reply, text } from './message.ts';

/** What a responder is made of. */
export interface ResponderParts {
  readonly listener: ListenerName;
  readonly answer: (call: Call) => Reply;
  readonly faults: () => Faults;
  readonly tally: Tally;
}

/** Turns HTTP into calls and replies, and is slow or silent where a fault says so. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** Reads a request and answers it. */
  respond(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '/', headers } = request;
    const { hang, slow } = this.#parts.faults();
    const host = headers.host?.replace(/:\d+$/, '') ?? '';
    this.#parts.tally.request(method, url.split('?', 1)[0] ?? '', host);
    if (concerns(hang, this.#parts.listener)) {
      return;
    }
    readText(request)
      .then((body) => this.#reply(request, body))
      .then((reply) => setTimeout(send, slow, response, reply).unref())
      .catch(() => response.destroy());
  }

  #reply(request: IncomingMessage, body: string): Reply {
    const { method = '', headers } = request;
    try {
      const url = new URL(request.url ?? '/', `https://${headers.host ?? 'localhost'}`);
      const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
      const call = { method, url, segments, headers, body };
      return atGateway(call, this.#parts.listener, this.#parts.faults()) ?? this.#parts.answer(call);
    } catch (error) {
      return error instanceof URIError ? text(400, 'Bad Request') : text(500, String((error as Error).stack));
    }
  }
}

/** Sends a reply, unless the connection has ended. */
export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (!response.destroyed) {
    response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) }).end(body);
  }
}
