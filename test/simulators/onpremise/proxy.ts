import type { Call, Reply } from '../http/message.ts';
import type { Content, NodeName } from './content.ts';
import type { Faults } from './faults.ts';
import { type Identity, sameIdentity } from './identity.ts';
import { json, text } from './message.ts';
import type { VirtualProxyRecord } from './records/virtualproxy.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Tickets } from './tickets.ts';
import { refuseWithoutXrfkey } from './xrfkey.ts';

const resources = new Set(['ticket', 'session', 'user', 'alive']);

/** What the proxy of a node needs of the site. */
export interface ProxyParts {
  readonly node: NodeName;
  readonly content: Content;
  /** The tickets that this node knows. */
  readonly tickets: () => Tickets;
  readonly sessions: Sessions;
  readonly faults: () => Faults;
}

/** The proxy's own API (QPS): what port 4243 answers once the client certificate is accepted. */
export class Proxy {
  readonly #parts: ProxyParts;

  constructor(parts: ProxyParts) {
    this.#parts = parts;
  }

  /** Answers `/qps/{prefix/}{resource}/…`. */
  answer(call: Call): Reply {
    const [root, ...rest] = call.segments;
    const prefix = resources.has(rest[0] ?? '') ? '' : (rest.shift() ?? '');
    const virtualProxy = this.#linked().find((each) => each.prefix === prefix);
    if (root !== 'qps' || virtualProxy === undefined) {
      return text(404, 'Not Found');
    }
    return refuseWithoutXrfkey(call) ?? this.#route(call, virtualProxy, rest);
  }

  #linked(): readonly VirtualProxyRecord[] {
    return this.#parts.content.linkedTo(this.#parts.node);
  }

  #route(call: Call, virtualProxy: VirtualProxyRecord, [resource, ...ids]: readonly string[]): Reply {
    const { prefix } = virtualProxy;
    switch (`${call.method} ${resource}/${ids.length}`) {
      case 'GET alive/0':
        return json({ value: true });
      case 'POST ticket/0':
        return this.#issueTicket(call.body, virtualProxy);
      case 'GET session/0':
        return json(this.#of(prefix).map(described));
      case 'GET session/1':
      case 'DELETE session/1':
        return this.#session(call.method, this.#parts.sessions.find(ids[0] ?? '', prefix));
      case 'GET user/2':
        return this.#sessionsOf({ userDirectory: ids[0] ?? '', userId: ids[1] ?? '' }, prefix);
      default:
        return text(404, 'Not Found');
    }
  }

  #issueTicket(body: string, virtualProxy: VirtualProxyRecord): Reply {
    const user = parseTicketRequest(body);
    if (user === undefined) {
      return text(400, 'Bad Request');
    }
    if (this.#refuses(user, virtualProxy)) {
      return text(403, 'Forbidden');
    }
    const answer = { UserDirectory: user.userDirectory, UserId: user.userId, Attributes: [] };
    return json(
      { ...answer, Ticket: this.#parts.tickets().issue(user, virtualProxy.prefix), TargetUri: null },
      201,
    );
  }

  #refuses(user: Identity, { authenticationMethod }: VirtualProxyRecord): boolean {
    const { ticketRefused } = this.#parts.faults();
    switch (ticketRefused) {
      case 'unknownUser':
        return !this.#parts.content.users().some((each) => sameIdentity(each, user));
      case 'otherMethod':
        return authenticationMethod !== 0;
      case true:
      case false:
        return ticketRefused;
    }
  }

  #session(method: string, session: Session | undefined): Reply {
    if (session === undefined) {
      return text(404, 'Not Found');
    }
    if (method === 'DELETE') {
      this.#parts.sessions.close(session.id);
    }
    return json(described(session));
  }

  #sessionsOf(user: Identity, prefix: string): Reply {
    return json(
      this.#of(prefix)
        .filter((each) => sameIdentity(each, user))
        .map(described),
    );
  }

  #of(prefix: string): readonly Session[] {
    return this.#parts.sessions.list().filter((session) => session.prefix === prefix);
  }
}

function described(session: Session): Record<string, unknown> {
  return {
    UserDirectory: session.userDirectory,
    UserId: session.userId,
    Attributes: [],
    SessionId: session.id,
  };
}

function parseTicketRequest(body: string): Identity | undefined {
  try {
    const { UserDirectory: userDirectory, UserId: userId } = JSON.parse(body) as Record<string, unknown>;
    return isName(userDirectory) && isName(userId) ? { userDirectory, userId } : undefined;
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\\');
}
