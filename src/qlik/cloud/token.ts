import { createHash } from 'node:crypto';
import * as z from 'zod';
import { untilAborted } from '../../time/until-aborted.ts';
import { failureOf, type QlikError } from '../failure.ts';
import type { HttpSession } from '../transport/http.ts';
import { commonFailure, errorOf, parseJson } from './answer.ts';
import { RateLimits } from './rate-limits.ts';
import type { RejectionBudget } from './rejections.ts';
import type { CloudConnection } from './tenant.ts';

/** Milliseconds after which a token is requested anew, though it lives for 6 hours: the request is the proof. */
const PROOF_AGE = 30 * 60_000;
/** A token this close to its end is not used any more. */
const EARLY = 60_000;
const DEFAULT_LIFETIME_SECONDS = 600;

const granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().optional(),
});

/** The tenant has rejected this client so often lately that it is not asked again for now. */
export class AttemptsExhausted extends Error {}

interface Token {
  readonly value: string;
  /** On the monotonic clock, so that a clock that jumps changes nothing. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}

/** A request under way. Only one per tenant and client, as each may be rejected and rejections are counted. */
interface Running {
  readonly key: string;
  readonly token: Promise<Token>;
}

interface GetOptions {
  /** Leaves out what is known. */
  readonly anew?: boolean;
  /** Ends the wait for a request of another check. */
  readonly signal: AbortSignal;
}

/**
 * Tokens by tenant, client and secret together: two tenants with one client ID never share one, and a secret that was
 * replaced works at once. Requests for the same token that come together are one. A rejection is never kept.
 */
export class TokenCache {
  readonly #tokens = new Map<string, Token>();
  readonly #running = new Map<string, Running>();
  readonly #rejections: RejectionBudget;
  readonly #now: () => number;
  readonly #limits: RateLimits;

  constructor(rejections: RejectionBudget, now: () => number = () => performance.now()) {
    this.#rejections = rejections;
    this.#now = now;
    this.#limits = new RateLimits(now);
  }

  /** Reads from an API of the tenant, unless the tenant has asked the client to wait. */
  reading<T>(connection: CloudConnection, session: HttpSession, request: () => Promise<T>): Promise<T> {
    return this.#limits.respecting(clientOf(connection), 'reads', session, request);
  }

  /** A token whose request is younger than half an hour. */
  async get(connection: CloudConnection, session: HttpSession, options: GetOptions): Promise<string> {
    const key = keyOf(connection);
    const client = clientOf(connection);
    for (;;) {
      const known = this.#tokens.get(key);
      if (options.anew !== true && known !== undefined && this.#isFresh(known)) return known.value;
      const running = this.#running.get(client);
      if (running === undefined) return (await this.#request(key, connection, session)).value;
      const token = await shared(running, key, options.signal);
      if (token !== undefined) return token.value;
      if (options.signal.aborted)
        throw session.failure('ResponseTimeout', 'no answer to the request in time', 'http');
    }
  }

  /** Number of tokens kept; expired ones are dropped with each request. */
  get size(): number {
    return this.#tokens.size;
  }

  #request(key: string, connection: CloudConnection, session: HttpSession): Promise<Token> {
    const client = clientOf(connection);
    if (!this.#rejections.allows(client)) return Promise.reject(new AttemptsExhausted());
    this.#tokens.delete(key);
    this.#dropExpired();
    const token = this.#limits
      .respecting(client, 'tokens', session, () => requestToken(connection, session, this.#now))
      .then(
        (granted) => {
          this.#tokens.set(key, granted);
          return granted;
        },
        (error: unknown) => {
          if (isRejection(error)) this.#rejections.rejected(client);
          throw error;
        },
      )
      .finally(() => this.#running.delete(client));
    this.#running.set(client, { key, token });
    return token;
  }

  #isFresh({ requestedAt, expiresAt }: Token): boolean {
    const now = this.#now();
    return now - requestedAt < PROOF_AGE && now < expiresAt - EARLY;
  }

  #dropExpired(): void {
    for (const [key, token] of this.#tokens) if (this.#now() >= token.expiresAt) this.#tokens.delete(key);
  }
}

function isRejection(error: unknown): boolean {
  const kind = failureOf(error)?.kind;
  return kind === 'CredentialsRejected' || kind === 'ClientForbidden';
}

/** The token of a request of another check; `undefined` where that says nothing about the one wanted. */
async function shared(
  { key, token }: Running,
  wanted: string,
  signal: AbortSignal,
): Promise<Token | undefined> {
  try {
    const granted = await untilAborted(token, signal);
    return key === wanted ? granted : undefined;
  } catch (error) {
    // The other check may have been cut short in the middle of its request; what the tenant said counts for all.
    if (key !== wanted || signal.aborted || isCutShort(error)) return undefined;
    throw error;
  }
}

function isCutShort(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.phase !== 'api' && failure?.kind !== 'ProxyUnavailable';
}

function clientOf({ tenantUrl, clientId }: CloudConnection): string {
  return JSON.stringify([new URL(tenantUrl).origin, clientId]);
}

function keyOf(connection: CloudConnection): string {
  return createHash('sha256')
    .update(JSON.stringify([clientOf(connection), connection.clientSecret]))
    .digest('hex');
}

/** Asks for a token: JSON body, no scope (which is then inherited from the client), the secret in the body. */
async function requestToken(
  connection: CloudConnection,
  session: HttpSession,
  now: () => number,
): Promise<Token> {
  const requestedAt = now();
  const response = await session.request({
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_id: connection.clientId,
      client_secret: connection.clientSecret,
      grant_type: 'client_credentials',
    }),
  });
  const parsed = granted.safeParse(parseJson(response));
  if (response.status === 200 && parsed.success) {
    const lifetime = (parsed.data.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1000;
    return { value: parsed.data.access_token, requestedAt, expiresAt: requestedAt + lifetime };
  }
  // The body of a success may hold a token, even one that is not understood.
  const shown = response.status < 300 ? { ...response, body: '' } : response;
  throw commonFailure(session, shown) ?? rejection(session, shown.status, errorOf(shown));
}

/** Which of 400 and 401 a wrong secret gives is not documented, so both mean it; the code tells which part is wrong. */
function rejection(
  session: HttpSession,
  status: number,
  { code, text }: ReturnType<typeof errorOf>,
): QlikError {
  if (code === undefined && status !== 401) return session.failure('UnexpectedResponse', `no token: ${text}`);
  if (code === 'OAUTH-14')
    return session.failure('CredentialsRejected', `the client ID is not accepted (${text})`);
  if (code === 'OAUTH-22')
    return session.failure('CredentialsRejected', `the client secret is not accepted (${text})`);
  if (status === 403) return session.failure('ClientForbidden', `the OAuth client gets no token (${text})`);
  if (status === 400 || status === 401)
    return session.failure('CredentialsRejected', `the client is not accepted (${text})`);
  return session.failure('UnexpectedResponse', `no token: ${text}`);
}
