import * as z from 'zod';
import { describeResponse, excerptOf } from '../transport/excerpt.ts';
import type { HttpResponse, HttpSession } from '../transport/http.ts';
import { sameUser, userHeader, userName, withXrfkey, type QlikUser } from './headers.ts';
import { jsonOf } from './json.ts';

const ticket = z.object({ Ticket: z.string().min(1) });
const sessions = z.array(z.object({ SessionId: z.string() }));
const signedIn = z.object({ userId: z.string(), userDirectory: z.string() });

/** A prefix as it stands after `/qps/` on the service and before it on serverUrl. */
const segment = (prefix: string) => (prefix === '' ? '' : `${prefix}/`);

/** The Qlik Proxy Service (QPS) of one node, over mutual TLS. */
export class ProxyApi {
  readonly #session: HttpSession;
  readonly #prefix: string;

  constructor(session: HttpSession, prefix: string) {
    this.#session = session;
    this.#prefix = prefix;
  }

  /** How many sessions a user has through this virtual proxy. */
  async sessionCount(user: QlikUser): Promise<number> {
    const path = `/qps/${segment(this.#prefix)}user/${encodeURIComponent(user.directory)}/${encodeURIComponent(user.id)}`;
    const response = await this.#request('GET', path, user);
    return response.status === 404 ? 0 : jsonOf(this.#session, response, sessions).length;
  }

  /** A ticket: one use, valid for a minute, known to this node alone. It is a secret. */
  async ticket(user: QlikUser): Promise<string> {
    const body = JSON.stringify({
      UserDirectory: user.directory,
      UserId: user.id,
      Attributes: [],
      TargetId: '',
    });
    const response = await this.#request('POST', `/qps/${segment(this.#prefix)}ticket`, user, body);
    if (response.status !== 201) {
      throw this.#session.failure(
        'TicketFailed',
        `no ticket for ${userName(user)}: ${describeResponse(response)}`,
      );
    }
    return jsonOf(this.#session, response, ticket).Ticket;
  }

  #request(method: 'GET' | 'POST', target: string, user: QlikUser, body?: string): Promise<HttpResponse> {
    const { path, headers, secrets } = withXrfkey(target);
    return this.#session.request({
      method,
      path,
      secrets,
      headers: {
        ...headers,
        'x-qlik-user': userHeader(user),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** A sign-in through serverUrl, as a browser would do it. */
export class BrowserSignIn {
  readonly #session: HttpSession;
  readonly #basePath: string;
  readonly #anotherSession: () => HttpSession;

  /** `anotherSession` does not end with the check: it signs out even when the check is cut short. */
  constructor(session: HttpSession, basePath: string, anotherSession: () => HttpSession) {
    this.#session = session;
    this.#basePath = basePath;
    this.#anotherSession = anotherSession;
  }

  /** Redeems a ticket, proves that the user it was issued for is signed in, and signs out again. */
  async prove(user: QlikUser, ticketValue: string, cookieName: string): Promise<void> {
    const response = await this.#request(this.#session, 'GET', {
      query: `?qlikTicket=${encodeURIComponent(ticketValue)}`,
      secrets: [ticketValue],
    });
    const cookies = cookiesOf(response);
    try {
      this.#refuseRejection(response);
      const answer = jsonOf(this.#session, response, signedIn);
      if (!sameUser({ directory: answer.userDirectory, id: answer.userId }, user)) {
        throw this.#session.failure(
          'TicketRejected',
          `the ticket of ${userName(user)} signs in another user`,
        );
      }
      if (!cookies.some((cookie) => cookie.startsWith(`${cookieName}=`))) {
        throw this.#session.failure(
          'TicketRejected',
          `the answer sets no cookie "${excerptOf(cookieName)}", so no session was opened`,
        );
      }
    } finally {
      // Whatever was set, also with an answer that is refused: it may stand for a session.
      if (cookies.length > 0) await this.#signOut(cookies.join('; '));
    }
  }

  #refuseRejection(response: HttpResponse): void {
    if (response.status === 200) return;
    const seen = describeResponse(response);
    if (response.status === 403)
      throw this.#session.failure('HostNotAllowed', `the ticket is refused with ${seen}`);
    throw this.#session.failure('TicketRejected', `the ticket is not accepted: ${seen}`);
  }

  /** A session that is left open counts against the user's five for half an hour, so one failed attempt is repeated. */
  async #signOut(cookie: string): Promise<void> {
    const attempt = async (session: HttpSession) => {
      const response = await this.#request(session, 'DELETE', { headers: { cookie } });
      if (response.status > 299) throw new Error(`HTTP ${response.status}`);
    };
    try {
      await attempt(this.#session);
    } catch {
      await using another = this.#anotherSession();
      await attempt(another).catch(() => {});
    }
  }

  #request(
    session: HttpSession,
    method: 'GET' | 'DELETE',
    {
      query = '',
      headers: extra = {},
      secrets: others = [],
    }: { query?: string; headers?: Record<string, string>; secrets?: string[] },
  ): Promise<HttpResponse> {
    const { path, headers, secrets } = withXrfkey(`${this.#basePath}/qps/user${query}`);
    return session.request({
      method,
      path,
      headers: { ...headers, ...extra },
      secrets: [...secrets, ...others],
    });
  }
}

/** `name=value` of every cookie that the response sets. The name of the session's is configured per virtual proxy. */
function cookiesOf(response: HttpResponse): string[] {
  const cookies = [response.headers['set-cookie'] ?? []].flat();
  return cookies.map((cookie) => cookie.split(';')[0] ?? '');
}
