import { Agent, Client, type Dispatcher } from 'undici';
import { Cancellation } from '../time/cancellation.ts';
import type { ClusterAccess, Credentials } from './access.ts';
import { ApiError, apiErrorOf } from './api-error.ts';
import { Reachability } from './reachability.ts';

/** Milliseconds until credentials are read again. */
const CREDENTIALS_AGE = 60_000;
/** To the API server, for everything but watches. */
export const CONNECTIONS = 16;
const TIMEOUT = 30_000;
const PROBE_TIMEOUT = 2_000;
/**
 * After an absence of so many milliseconds nothing from before it is relied on: connections may be dead though nobody has
 * closed them, and what comes back may be a backup.
 */
export const LONG_ABSENCE = 2_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default a merge patch for PATCH, else JSON */
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** Told of each request when it is answered; for the log. */
export type RequestObserver = (request: Pick<ApiRequest, 'method' | 'path'>, status: number) => void;

/**
 * A thin client of the API server. Not client-node's, which opens a connection per request. HTTP/1.1 on purpose: with
 * an open watch on a shared HTTP/2 session a GOAWAY can leave later requests hanging for ever.
 */
export class RestClient {
  readonly #access: ClusterAccess;
  readonly #observe: RequestObserver;
  #known: { credentials: Credentials; readAt: number } | undefined;
  #agents: { key: string; unary: Agent; watch: Agent } | undefined;
  readonly reachability = new Reachability({ probe: () => this.#isReady() });

  constructor(access: ClusterAccess, observe: RequestObserver = () => {}) {
    this.#access = access;
    this.#observe = observe;
    this.reachability.onBack(({ duration }) => {
      if (duration >= LONG_ABSENCE) this.#renewUnary();
    });
  }

  /** Sends a request and returns its JSON; an answer that is not a success is thrown as `ApiError`. */
  async request<T>(request: ApiRequest): Promise<T> {
    using limit = Cancellation.after(TIMEOUT, ...(request.signal === undefined ? [] : [request.signal]));
    try {
      const response = await this.#send({ ...request, signal: limit.signal }, 'unary');
      return (await response.body.json()) as T;
    } catch (error) {
      if (!isGivenUp(request.signal) && isAway(error)) void this.reachability.suspect();
      throw error;
    }
  }

  /** Opens a watch; its body ends when the server, the signal or a fault ends it. */
  async stream(request: ApiRequest): Promise<Dispatcher.ResponseData['body']> {
    const response = await this.#send(request, 'watch');
    return response.body;
  }

  async #send(request: ApiRequest, kind: 'unary' | 'watch'): Promise<Dispatcher.ResponseData> {
    const response = await this.#attempt(request, kind);
    if (response.statusCode !== 401) return this.#checked(response);
    // A token may have been rotated since it was read: read again, once.
    await response.body.dump();
    this.#known = undefined;
    return this.#checked(await this.#attempt(request, kind));
  }

  async #checked(response: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
    if (response.statusCode < 300) return response;
    const retryAfter = response.headers['retry-after'];
    throw apiErrorOf(
      response.statusCode,
      await response.body.text(),
      retryAfter === undefined ? undefined : String(retryAfter),
    );
  }

  async #attempt(request: ApiRequest, kind: 'unary' | 'watch'): Promise<Dispatcher.ResponseData> {
    const { headers, tls } = await this.#credentials();
    const { method, path, query, body, signal, accept, contentType = contentTypeOf(method) } = request;
    const response = await this.#agentsFor(tls)[kind].request({
      origin: this.#access.server,
      method,
      path,
      // undici would close the connection after a DELETE with a body: a handshake for each app that goes.
      reset: false,
      ...(query === undefined ? {} : { query: { ...query } }),
      headers: {
        'user-agent': 'qlik-operator',
        accept: accept ?? 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    this.#observe(request, response.statusCode);
    return response;
  }

  async #credentials(): Promise<Credentials> {
    if (this.#known === undefined || Date.now() - this.#known.readAt > CREDENTIALS_AGE) {
      this.#known = { credentials: await this.#access.credentials(), readAt: Date.now() };
    }
    return this.#known.credentials;
  }

  /** Agents are kept until the authority or the client certificate changes. */
  #agentsFor(tls: Credentials['tls']): { unary: Agent; watch: Agent } {
    const key = JSON.stringify(tls);
    if (this.#agents?.key === key) return this.#agents;
    const old = this.#agents;
    this.#agents = { key, unary: unaryAgent(tls), watch: watchAgent(tls) };
    void old?.unary.close();
    void old?.watch.close();
    return this.#agents;
  }

  /** What is under way fails at once instead of when it times out. */
  #renewUnary(): void {
    const old = this.#agents;
    if (old === undefined) return;
    this.#agents = { ...old, unary: unaryAgent(JSON.parse(old.key) as Credentials['tls']) };
    void old.unary.destroy();
  }

  /** Any answer but an error of the server itself will do: who may not ask `/readyz` has reached it all the same. */
  async #isReady(): Promise<boolean> {
    const { headers, tls } = await this.#credentials();
    const client = new Client(this.#access.server, {
      connect: connectOptions(tls, PROBE_TIMEOUT),
      allowH2: false,
    });
    try {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT);
      const { statusCode, body } = await client.request({ method: 'GET', path: '/readyz', headers, signal });
      await body.dump();
      return statusCode < 500;
    } finally {
      await client.destroy();
    }
  }

  async close(): Promise<void> {
    this.reachability.close();
    await Promise.all([this.#agents?.unary.destroy(), this.#agents?.watch.destroy()]);
  }
}

/** Whether a request failed as it does when the API server is away: no answer, or one that it is in trouble itself. */
export function isAway(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code >= 500;
}

/** Whether the caller does not want the answer any more; one who has waited too long still does. */
function isGivenUp(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as Partial<Error> | undefined)?.name !== 'TimeoutError';
}

function connectOptions(tls: Credentials['tls'], timeout: number): Agent.Options['connect'] & {} {
  return { ...defined(tls), keepAlive: true, keepAliveInitialDelay: 15_000, timeout };
}

function unaryAgent(tls: Credentials['tls']): Agent {
  return new Agent({
    connect: connectOptions(tls, 5_000),
    allowH2: false,
    connections: CONNECTIONS,
    keepAliveTimeout: 30_000,
    headersTimeout: TIMEOUT,
    bodyTimeout: TIMEOUT,
  });
}

function watchAgent(tls: Credentials['tls']): Agent {
  return new Agent({
    connect: connectOptions(tls, 5_000),
    allowH2: false,
    headersTimeout: TIMEOUT,
    bodyTimeout: 0,
  });
}

function contentTypeOf(method: ApiRequest['method']): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

/** Without the properties that are undefined, which TLS would take for settings. */
function defined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
