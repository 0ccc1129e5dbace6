import { Client } from 'undici';
import { Cancellation } from '../../time/cancellation.ts';
import { QlikError, type FailureKind } from '../failure.ts';
import { classify, describeError } from './classify.ts';
import { dial } from './dial.ts';
import { addressOf, type Endpoint } from './endpoint.ts';
import { AnswerTooLong, exchange, type Answer } from './exchange.ts';
import { redact, type Redact } from './redaction.ts';

/** Bytes of a response that are read; a check needs far less, and a server must not fill our memory. */
const BODY_LIMIT = 4 * 1024 * 1024;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is in it and must not be shown, though the answer may repeat it. */
  readonly secrets?: readonly string[];
}

export interface HttpResponse extends Answer {
  /** Takes the secrets of the request out of a text. */
  readonly redact: Redact;
}

/** Why requests end that are still under way when a session is disposed; made once, as every check ends so. */
const DISPOSED = new Error('the session is over');

/** An answer to a request that had these secrets in it. */
export function responseOf(answer: Answer, secrets: readonly string[] = []): HttpResponse {
  return {
    ...answer,
    redact: (text) =>
      redact(
        text,
        secrets.map((secret) => Buffer.from(secret)),
      ),
  };
}

/**
 * One endpoint for the length of one check. The connection is fresh and its TLS session never resumed, as resumption
 * hides that a certificate was withdrawn or has expired.
 */
export class HttpSession implements AsyncDisposable {
  readonly address: string;
  readonly #endpoint: Endpoint;
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #responseTimeout: number;
  /** Whether the server has answered: a connection cut afterwards says nothing about the client certificate. */
  #answered = false;
  #dialing: Promise<unknown> | undefined;

  constructor(endpoint: Endpoint, signal: AbortSignal, responseTimeout: number) {
    this.address = addressOf(endpoint);
    this.#endpoint = endpoint;
    this.#signal = signal;
    this.#responseTimeout = responseTimeout;
    this.#client = new Client(`https://${this.address}`, {
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: 32 * 1024,
      connect: (_options, callback) => {
        const dialing = dial(endpoint, signal);
        this.#dialing = dialing;
        dialing.then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error as Error, null),
        );
      },
    });
  }

  /** Sends one request; throws a `QlikError` when there is no whole answer in time. Redirects are not followed. */
  async request({ secrets = [], ...request }: HttpRequest): Promise<HttpResponse> {
    using limit = Cancellation.after(this.#responseTimeout, this.#signal);
    try {
      const answer = await exchange(
        this.#client,
        { ...request, headers: { 'accept-encoding': 'identity', ...request.headers } },
        {
          signal: limit.signal,
          bodyLimit: BODY_LIMIT,
          onAnswer: () => {
            this.#answered = true;
          },
        },
      );
      return responseOf(answer, secrets);
    } catch (error) {
      throw await this.#failed(error, limit.signal);
    }
  }

  async #failed(error: unknown, limit: AbortSignal): Promise<QlikError> {
    if (error instanceof QlikError) return error;
    if (error instanceof AnswerTooLong)
      return this.failure('UnexpectedResponse', `the answer is longer than ${BODY_LIMIT} bytes`);
    if (limit.aborted) {
      // Where the end came while connecting, the phase that did not end says more, and always the same.
      const dialed = this.#signal.aborted
        ? await this.#dialing?.catch((reason: unknown) => reason)
        : undefined;
      if (dialed instanceof QlikError) return dialed;
      return this.failure('ResponseTimeout', 'no answer to the request in time', 'http');
    }
    const kind = classify(error, this.#answered ? 'api' : 'http', this.#endpoint.presentsClientCertificate);
    return this.failure(kind, describeError(error, kind), 'http', error);
  }

  /** A failure at this endpoint. */
  failure(kind: FailureKind, detail: string, phase: 'http' | 'api' = 'api', cause?: unknown): QlikError {
    return new QlikError({ kind, phase, endpoint: this.address, detail }, { cause });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.destroy(DISPOSED);
  }
}
