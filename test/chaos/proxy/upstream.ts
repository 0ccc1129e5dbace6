import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';

/** Belong to one connection, not to the request. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** The API server behind the proxy. */
export class Upstream {
  readonly #url: URL;
  readonly #agent: Agent;

  readonly #userAgent: string | undefined;

  /** `userAgent`: instead of what clients say of themselves. */
  constructor(url: string, ca: string, userAgent?: string) {
    this.#userAgent = userAgent;
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, ca });
  }

  /** Sends a request on as it is; resolves when the answer begins. The signal ends both. */
  async ask(request: IncomingMessage, body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
    const { hostname, port } = this.#url;
    const { method, url } = request;
    const headers = withoutHopByHop(request.headers);
    if (this.#userAgent !== undefined) headers['user-agent'] = this.#userAgent;
    const asked = send({ hostname, port, method, path: url, headers, agent: this.#agent, signal });
    // Also what happens after the answer began: it then shows at the answer.
    asked.on('error', () => {});
    asked.end(body);
    const [answer] = (await once(asked, 'response', { signal })) as [IncomingMessage];
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
