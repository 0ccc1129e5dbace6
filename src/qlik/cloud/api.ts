import { setTimeout as delay } from 'node:timers/promises';
import type * as z from 'zod';
import { failureOf } from '../failure.ts';
import type { HttpResponse, HttpSession } from '../transport/http.ts';
import { commonFailure, errorOf, parseJson } from './answer.ts';
import type { CloudConnection } from './tenant.ts';
import { AttemptsExhausted, type TokenCache } from './token.ts';

/** Times one request is made while the tenant limits the rate, as Qlik recommends. */
const ATTEMPTS = 5;
/** Milliseconds that are waited for at most, with the work half done. */
const LONGEST_WAIT = 60_000;

/** The REST APIs of a tenant for a pass of many requests: with a token, and with the patience they ask for. */
export class TenantApi {
  readonly session: HttpSession;
  readonly #connection: CloudConnection;
  readonly #tokens: TokenCache;
  readonly #signal: AbortSignal;

  constructor(
    session: HttpSession,
    { connection, tokens, signal }: { connection: CloudConnection; tokens: TokenCache; signal: AbortSignal },
  ) {
    this.session = session;
    this.#connection = connection;
    this.#tokens = tokens;
    this.#signal = signal;
  }

  /** The JSON behind a path, checked against what is expected. */
  async get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
    const response = await this.#patiently(path);
    const parsed = schema.safeParse(parseJson(response));
    if (response.status === 200 && parsed.success) return parsed.data;
    if (response.status === 403)
      throw this.session.failure('Forbidden', `the API refuses the OAuth client (${errorOf(response).text})`);
    throw this.session.failure(
      'UnexpectedResponse',
      `unexpected answer of ${path.split('?')[0]}: ${response.status === 200 ? 'the JSON is not what Qlik sends' : errorOf(response).text}`,
    );
  }

  /** Waits as the tenant asks to; what another QlikServer of the same client was told counts too. */
  async #patiently(path: string): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#tokens.reading(this.#connection, this.session, () => this.#answered(path));
      } catch (error) {
        const { retryAfter } = failureOf(error) ?? {};
        if (retryAfter === undefined || retryAfter > LONGEST_WAIT || attempt === ATTEMPTS) throw error;
        await delay(retryAfter, undefined, { signal: this.#signal });
      }
    }
  }

  async #answered(path: string): Promise<HttpResponse> {
    const response = await this.#authorized(path);
    const error = commonFailure(this.session, response);
    if (error !== undefined) throw error;
    return response;
  }

  /** A token may be revoked at any time, between two pages as well: another one is asked for, once. */
  async #authorized(path: string): Promise<HttpResponse> {
    const response = await this.#send(path, { anew: false });
    if (response.status !== 401) return response;
    const again = await this.#send(path, { anew: true });
    if (again.status !== 401) return again;
    throw this.session.failure(
      'TokenRefused',
      `a token that was just granted is not accepted (${errorOf(again).text})`,
    );
  }

  async #send(path: string, { anew }: { anew: boolean }): Promise<HttpResponse> {
    const token = await this.#token(anew);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    return this.session.request({ method: 'GET', path, headers, secrets: [token] });
  }

  async #token(anew: boolean): Promise<string> {
    try {
      return await this.#tokens.get(this.#connection, this.session, { anew, signal: this.#signal });
    } catch (error) {
      if (!(error instanceof AttemptsExhausted)) throw error;
      throw this.session.failure(
        'CredentialsRejected',
        'the tenant has rejected this OAuth client too often',
      );
    }
  }
}
