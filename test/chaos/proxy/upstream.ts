import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';

/** Belong to one connection, not to the request. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** The API server behind the proxy. */
export class Upstream {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor(url: string, ca: string) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, ca });
  }

  /** Sends a request on as it is; resolves when the answer begins. The signal ends both. */
  async ask(request: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { hostname, port } = this.#url;
    const { method, url } = request;
    const headers = withoutHopByHop(request.headers);
    const asked = send({ hostname, port, method, path: url, headers, agent: this.#agent, signal });
    // Also what happens after the answer began: it then shows at the answer.
    asked.on('error', () => {});
    request.on('error', () => asked.destroy());
    request.pipe(asked);
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
