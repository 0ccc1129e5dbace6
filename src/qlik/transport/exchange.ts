import type { Client, Dispatcher } from 'undici';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The answer is longer than anybody wants to read. */
export class AnswerTooLong extends Error {}

export interface ExchangeLimits {
  readonly signal: AbortSignal;
  /** Bytes of the body that are read at most. */
  readonly bodyLimit: number;
  /** Told when the head of the answer is there. */
  readonly onAnswer: () => void;
}

/**
 * One request and its whole answer. undici's own `request` makes a stream of every answer, which took as long as all else
 * about a request together (measured); for answers of a few kilobytes this is all there is to do.
 */
export function exchange(
  client: Client,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<Answer> {
  limits.signal.throwIfAborted();
  const collector = new Collector(limits);
  client.dispatch(request, collector);
  return collector.response;
}

class Collector implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #chunks: Buffer[] = [];
  readonly #settled = Promise.withResolvers<Answer>();
  #size = 0;
  #head: Pick<Answer, 'status' | 'headers'> | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(limits: ExchangeLimits) {
    this.#limits = limits;
    limits.signal.addEventListener('abort', this.#abort);
  }

  get response(): Promise<Answer> {
    return this.#settled.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#limits.signal.aborted) this.#abort();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Answer['headers'],
  ): void {
    if (status < 200) return; // the answer itself follows
    this.#head = { status, headers };
    this.#limits.onAnswer();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limits.bodyLimit) controller.abort(new AnswerTooLong());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#done();
    this.#settled.resolve({ ...this.#head!, body });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#done();
    this.#settled.reject(error);
  }

  /** While the connection is still being made there is nobody else to tell. */
  readonly #abort = (): void => {
    const reason = this.#limits.signal.reason as Error;
    this.#controller?.abort(reason);
    this.onResponseError(undefined, reason);
  };

  #done(): void {
    this.#limits.signal.removeEventListener('abort', this.#abort);
  }
}
