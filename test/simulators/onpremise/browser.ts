import { randomUUID } from 'node:crypto';
import type { Call, Reply } from '../http/message.ts';
import type { Content, NodeName } from './content.ts';
import type { Faults } from './faults.ts';
import { sameIdentity } from './identity.ts';
import { json, page, redirect, text } from './message.ts';
import { engineHealth } from './records/health.ts';
import { HOST } from './records/node.ts';
import type { VirtualProxyRecord } from './records/virtualproxy.ts';
import type { Repository } from './repository.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Tickets } from './tickets.ts';
import { refuseWithoutXrfkey } from './xrfkey.ts';

/** Paths of the default virtual proxy, which has no prefix of its own. */
const defaultPaths = new Set(['', 'api', 'engine', 'hub', 'qmc', 'qps', 'qrs', 'resources', 'sense']);

/** What the browser side of a node needs of the site. */
export interface BrowserParts {
  readonly node: NodeName;
  readonly content: Content;
  readonly repository: Repository;
  /** The tickets that this node knows. */
  readonly tickets: () => Tickets;
  readonly sessions: Sessions;
  readonly faults: () => Faults;
}

interface Visit {
  readonly call: Call;
  readonly proxy: VirtualProxyRecord;
  /** The path after the prefix. */
  readonly path: readonly string[];
}

/** The browser side of the proxy: what port 443 answers. It never asks for a certificate. */
export class Browser {
  readonly #parts: BrowserParts;

  constructor(parts: BrowserParts) {
    this.#parts = parts;
  }

  /** Answers any request: error page, redirect to the login, or what a session is entitled to. */
  answer(call: Call): Reply {
    const visit = this.#visit(call);
    if (visit === undefined) {
      return page(400, 'The http request header is incorrect', 88_000);
    }
    if (this.#parts.faults().hostNotAllowed && visit.proxy.prefix !== '') {
      return text(403, 'Forbidden');
    }
    const known = this.#knownSession(visit);
    const session = known ?? this.#signIn(visit);
    if (session === undefined) {
      return withoutSession(visit);
    }
    if (known !== undefined) return this.#inSession(visit, known);
    const { redeemStatus } = this.#parts.faults();
    const broken = redeemStatus === 0 ? undefined : page(redeemStatus, `Error ${redeemStatus}`);
    return withCookie(broken ?? this.#inSession(visit, session), visit.proxy, session);
  }

  #visit(call: Call): Visit | undefined {
    const linked = this.#parts.content.servedBy(this.#parts.node);
    const [first = '', ...rest] = call.segments;
    const named = linked.find(({ prefix }) => prefix !== '' && prefix === first);
    if (named !== undefined) {
      return { call, proxy: named, path: rest };
    }
    const standard = linked.find(({ prefix }) => prefix === '');
    return standard !== undefined && defaultPaths.has(first)
      ? { call, proxy: standard, path: call.segments }
      : undefined;
  }

  #knownSession({ call, proxy }: Visit): Session | undefined {
    const cookies = (call.headers.cookie ?? '').split(/; */).map((cookie) => cookie.split('='));
    const id = cookies.find(([name]) => name === proxy.sessionCookieHeaderName)?.[1];
    const session = id === undefined ? undefined : this.#parts.sessions.find(id, proxy.prefix);
    if (session !== undefined) this.#parts.sessions.touch(session);
    return session;
  }

  #signIn({ call, proxy }: Visit): Session | undefined {
    const ticket = call.url.searchParams.get('qlikTicket');
    if (ticket === null || call.method !== 'GET' || this.#parts.faults().ticketNotHonoured) {
      return undefined;
    }
    const user = this.#parts.tickets().redeem(ticket, proxy.prefix);
    return user && this.#parts.sessions.open(user, proxy.prefix);
  }

  #inSession({ call, proxy, path }: Visit, session: Session): Reply {
    if (path[0] === 'qrs') {
      return this.#parts.repository.answerSession({ ...call, segments: path }, session);
    }
    if (path.join('/') === 'engine/healthcheck') {
      return json(engineHealth(this.#parts.faults()));
    }
    if (path.join('/') !== 'qps/user') {
      return page(200, 'Qlik Sense');
    }
    return refuseWithoutXrfkey(call) ?? this.#personal(call, proxy, session);
  }

  #personal(call: Call, proxy: VirtualProxyRecord, session: Session): Reply {
    if (call.method === 'DELETE') {
      this.#parts.sessions.close(session.id);
      return json({ session: 'inactive' });
    }
    if (call.method !== 'GET') {
      return text(405, 'Method Not Allowed');
    }
    const { userDirectory, userId } = session;
    const user = this.#parts.content.users().find((each) => sameIdentity(each, session));
    const logoutUri = `${base(call, proxy)}/qps/user?targetUri=${encodeURIComponent(`${base(call, proxy)}/hub`)}`;
    return json({ userDirectory, userId, userName: user?.name ?? `${userDirectory}\\${userId}`, logoutUri });
  }
}

function withoutSession({ call, proxy, path }: Visit): Reply {
  const asked = path.join('/') === 'qps/user' && !call.url.searchParams.has('qlikTicket');
  const loginUri = `https://${HOST}:4244/windows_authentication/?targetId=${randomUUID()}`;
  return asked && call.method === 'GET'
    ? json({ session: 'inactive', loginUri: `${base(call, proxy)}/hub` })
    : redirect(loginUri);
}

function withCookie(reply: Reply, proxy: VirtualProxyRecord, session: Session): Reply {
  const cookie = `${proxy.sessionCookieHeaderName}=${session.id}; Path=/; HttpOnly; Secure`;
  return { ...reply, headers: { ...reply.headers, 'set-cookie': cookie } };
}

function base(call: Call, proxy: VirtualProxyRecord): string {
  return proxy.prefix === '' ? call.url.origin : `${call.url.origin}/${proxy.prefix}`;
}
