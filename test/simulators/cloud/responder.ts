import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { areaOf } from './area.ts';
import type { Tally } from './counters.ts';
import type { Faults } from './faults.ts';
import { type Call, refusal, type Reply } from './message.ts';

/** What a responder is made of. */
export interface ResponderParts {
  readonly answer: (call: Call) => Reply;
  readonly faults: () => Faults;
  readonly tally: Tally;
}

/** Turns HTTP into calls and replies, and is slow, silent or cut short where a fault says so. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** Reads a request and answers it. */
  respond(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '/', headers } = request;
    const { tally } = this.#parts;
    const path = url.split('?', 1)[0] ?? '';
    tally.request(method, path, headers.host?.replace(/:\d+$/, '') ?? '');
    response.once('close', () => tally.close());
    const faults = this.#faultsAt(path);
    if (faults.hang) return;
    readText(request)
      .then((body) => this.#reply(request, body))
      .then((reply) =>
        setTimeout(send, faults.slow, response, spoilt(reply, faults), faults.slowBody).unref(),
      )
      .catch(() => response.destroy());
  }

  /** The faults of the wire, unless they are confined to another area. */
  #faultsAt(path: string): Pick<Faults, 'hang' | 'slow' | 'slowBody' | 'truncatedJson'> {
    const faults = this.#parts.faults();
    const elsewhere = faults.only !== false && faults.only !== areaOf(path);
    return elsewhere ? { hang: false, slow: 0, slowBody: 0, truncatedJson: false } : faults;
  }

  #reply(request: IncomingMessage, body: string): Reply {
    const { method = '', headers } = request;
    try {
      const url = new URL(request.url ?? '/', `https://${headers.host ?? 'localhost'}`);
      const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
      return this.#parts.answer({ method, url, segments, headers, body });
    } catch (error) {
      const malformed =
        error instanceof URIError || (error as NodeJS.ErrnoException).code === 'ERR_INVALID_URL';
      return malformed ? refusal(400, 'Bad request') : refusal(500, String((error as Error).stack));
    }
  }
}

function spoilt(reply: Reply, { truncatedJson }: Pick<Faults, 'truncatedJson'>): Reply {
  if (truncatedJson === false || reply.headers['content-type'] !== 'application/json') return reply;
  return truncatedJson === 'reset'
    ? { ...reply, reset: 'inside' }
    : { ...reply, body: reply.body.slice(0, reply.body.length / 2) };
}

function send(response: ServerResponse, { status, headers, body, reset }: Reply, pause: number): void {
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
