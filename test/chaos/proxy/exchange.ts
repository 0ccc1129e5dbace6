import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { apiStatus } from './api-status.ts';
import type { Connection } from './connection.ts';
import type { Fault } from './fault.ts';
import type { RequestRecord } from './request-record.ts';
import { type Upstream, withoutHopByHop } from './upstream.ts';
import { WatchLines } from './watch-lines.ts';

const EXPIRED = { type: 'ERROR', object: apiStatus(410, 'too old resource version, by the fault proxy') };
const GARBAGE = '{"type":"MODIFIED","object":{"kind":\u0000\n';

export interface ExchangeParts {
  readonly record: RequestRecord;
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly upstream: Upstream;
}

/** One request and its answer, with all that goes wrong on the way. */
export class Exchange {
  readonly record: RequestRecord;
  readonly #parts: ExchangeParts;
  /** Aborted when it is over, for whatever reason. */
  readonly #over = new AbortController();
  /** What the next line of the watch, or the body, is to suffer. */
  readonly #nextLine: ('duplicate' | 'truncate')[] = [];

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.record = parts.record;
    parts.response.once('close', () => {
      this.record.endTime = Date.now();
      this.#over.abort();
    });
  }

  get isOpenWatch(): boolean {
    return this.record.isWatch && this.record.status === 200 && !this.#over.signal.aborted;
  }

  /** Resolves when nothing is left to do; never rejects, as the client learns of everything. */
  async run(faults: readonly Fault[]): Promise<void> {
    const { connection, request, body, upstream } = this.#parts;
    try {
      for (const fault of faults) if (!(await this.#passesRequest(fault))) return;
      const answer = await upstream.ask(request, body, this.#over.signal);
      for (const fault of faults) if (!(await this.#passesAnswer(fault, answer))) return;
      await this.#pass(answer, faults);
    } catch {
      // The API server is gone, or this exchange is over already: then nobody is left to be told.
      if (!this.#over.signal.aborted) connection.reset();
    }
  }

  /** Applies a fault to a watch that is open. */
  meet(fault: Fault): void {
    switch (fault.kind) {
      case 'cut':
        this.#cut(fault);
        return;
      case 'halfOpen':
        this.#parts.connection.hold();
        return;
      case 'expired':
        this.#parts.response.end(`${JSON.stringify(EXPIRED)}\n`);
        return;
      case 'malformed':
        this.#parts.response.write(GARBAGE);
        return;
      case 'duplicate':
      case 'truncate':
        this.#nextLine.push(fault.kind);
        return;
      case 'delay':
      case 'status':
      case 'kill':
        return; // It is too late for them.
    }
  }

  /** Before the API server hears of the request; false when it never does. */
  async #passesRequest(fault: Fault): Promise<boolean> {
    const { connection } = this.#parts;
    if (fault.kind === 'delay') await delay(fault.ms, undefined, { signal: this.#over.signal });
    if (fault.kind === 'status') return this.#answerWith(fault.code, fault.retryAfterSeconds);
    if (fault.kind === 'kill' && fault.at === 'request') return this.#kill(fault);
    if (fault.kind === 'cut' && (fault.at ?? 'request') === 'request') {
      connection.reset();
      return false;
    }
    if (fault.kind === 'halfOpen' && fault.at !== 'answer') {
      connection.hold();
      return (await connection.passable) === 'deliver';
    }
    return true;
  }

  /** When the API server has acted; false when the client shall not hear of it. */
  async #passesAnswer(fault: Fault, { statusCode = 0 }: IncomingMessage): Promise<boolean> {
    const { connection } = this.#parts;
    if (fault.kind === 'kill' && fault.at === 'answer' && statusCode < 300) return this.#kill(fault);
    if (fault.kind === 'halfOpen' && fault.at === 'answer') connection.hold();
    if (fault.kind !== 'cut' || fault.at !== 'answer') return true;
    connection.reset();
    return false;
  }

  async #kill({ kill }: Fault & { readonly kind: 'kill' }): Promise<false> {
    await kill();
    this.#parts.connection.reset();
    return false;
  }

  #answerWith(code: number, retryAfterSeconds: number | undefined): false {
    const { response } = this.#parts;
    this.record.status = code;
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(apiStatus(code)));
    return false;
  }

  async #pass(answer: IncomingMessage, faults: readonly Fault[]): Promise<void> {
    const { response } = this.#parts;
    response.writeHead(answer.statusCode!, withoutHopByHop(answer.headers));
    response.flushHeaders(); // A watch that has nothing to tell for now is open all the same.
    this.record.status = answer.statusCode;
    for (const fault of faults) if (this.#isYetToBeMet(fault)) this.meet(fault);
    await (this.isOpenWatch ? this.#passLines(answer) : this.#passBody(answer));
    response.end();
  }

  /** Now that the answer has begun. */
  #isYetToBeMet(fault: Fault): boolean {
    if (fault.kind === 'cut') return typeof fault.at === 'object';
    return fault.kind === 'truncate' || (this.isOpenWatch && fault.kind !== 'halfOpen');
  }

  async #passLines(answer: IncomingMessage): Promise<void> {
    const lines = new WatchLines();
    for await (const chunk of answer) {
      for (const line of lines.take(chunk as Buffer)) {
        const suffers = this.#nextLine.shift();
        if (suffers === 'truncate') return this.#truncate(line);
        await this.#write(suffers === 'duplicate' ? Buffer.concat([line, line]) : line);
      }
    }
  }

  async #passBody(answer: IncomingMessage): Promise<void> {
    const isTruncated = this.#nextLine.includes('truncate');
    for await (const chunk of answer) {
      if (isTruncated) return this.#truncate(chunk as Buffer);
      await this.#write(chunk as Buffer);
    }
  }

  /** Half of it is sent, then FIN in the middle of everything. */
  async #truncate(bytes: Buffer): Promise<void> {
    const { response, request } = this.#parts;
    await this.#write(bytes.subarray(0, Math.floor(bytes.length / 2)));
    request.socket.destroySoon();
    await once(response, 'close');
  }

  async #write(bytes: Buffer): Promise<void> {
    const { response } = this.#parts;
    if (response.writableEnded) throw new Error('A fault has ended the answer');
    if (!response.write(bytes)) await once(response, 'drain', { signal: this.#over.signal });
  }

  #cut({ at }: Fault & { readonly kind: 'cut' }): void {
    const ms = typeof at === 'object' ? at.afterMs : 0;
    const timer = setTimeout(() => this.#parts.connection.reset(), ms);
    this.#over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
