import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Connections } from './connections.ts';
import { Exchange } from './exchange.ts';
import { Faults } from './faults.ts';
import { recordOf, type RequestRecord } from './request-record.ts';
import type { Upstream } from './upstream.ts';

/** Passes requests on, each with the faults that it meets, and remembers them. */
export class Service {
  readonly requests: RequestRecord[] = [];
  readonly faults: Faults;
  readonly #connections: Connections;
  readonly #upstream: Upstream;
  readonly #open = new Set<Exchange>();

  constructor(connections: Connections, upstream: Upstream, seed: number) {
    this.#connections = connections;
    this.#upstream = upstream;
    this.faults = new Faults(seed, (rule) => {
      for (const exchange of this.#open) {
        const fault = exchange.isOpenWatch ? rule(exchange.record, true) : undefined;
        if (fault !== undefined) exchange.meet(fault);
      }
    });
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = this.#connections.from(request.socket.remotePort);
    const record = recordOf(request, this.requests.length + 1, connection.id);
    this.requests.push(record);
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return; // It broke off: nobody is left to be told.
    const exchange = new Exchange({ record, request, body, response, connection, upstream: this.#upstream });
    this.#open.add(exchange);
    response.once('close', () => this.#open.delete(exchange));
    await exchange.run(this.faults.meetings(record, body.toString()));
  }

  close(): void {
    this.#upstream.close();
  }
}
