import type { Content } from './content.ts';
import { type Identity, sameIdentity } from './identity.ts';
import { type Call, json, type Reply, text } from './message.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Tickets } from './tickets.ts';
import { refuseWithoutXrfkey } from './xrfkey.ts';

const resources = new Set(['ticket', 'session', 'user', 'alive']);

/** The proxy's own API (QPS): what port 4243 answers once the client certificate is accepted. */
export class Proxy {
  readonly #content: Content;
  readonly #tickets: Tickets;
  readonly #sessions: Sessions;

  constructor(content: Content, tickets: Tickets, sessions: Sessions) {
    this.#content = content;
    this.#tickets = tickets;
    this.#sessions = sessions;
  }

  /** Answers `/qps/{prefix/}{resource}/…`. */
  answer(call: Call): Reply {
    const [root, ...rest] = call.segments;
    const prefix = resources.has(rest[0] ?? '') ? '' : (rest.shift() ?? '');
    if (root !== 'qps' || !this.#content.linkedVirtualProxies().some((each) => each.prefix === prefix)) {
      return text(404, 'Not Found');
    }
    return refuseWithoutXrfkey(call) ?? this.#route(call, prefix, rest);
  }

  #route(call: Call, prefix: string, [resource, ...ids]: readonly string[]): Reply {
    switch (`${call.method} ${resource}/${ids.length}`) {
      case 'GET alive/0':
        return json({ value: true });
      case 'POST ticket/0':
        return this.#issueTicket(call.body, prefix);
      case 'GET session/0':
        return json(this.#of(prefix).map(described));
      case 'GET session/1':
      case 'DELETE session/1':
        return this.#session(call.method, this.#sessions.find(ids[0] ?? '', prefix));
      case 'GET user/2':
        return this.#sessionsOf({ userDirectory: ids[0] ?? '', userId: ids[1] ?? '' }, prefix);
      default:
        return text(404, 'Not Found');
    }
  }

  #issueTicket(body: string, prefix: string): Reply {
    const user = parseTicketRequest(body);
    if (user === undefined) {
      return text(400, 'Bad Request');
    }
    const answer = { UserDirectory: user.userDirectory, UserId: user.userId, Attributes: [] };
    return json({ ...answer, Ticket: this.#tickets.issue(user, prefix), TargetUri: null }, 201);
  }

  #session(method: string, session: Session | undefined): Reply {
    if (session === undefined) {
      return text(404, 'Not Found');
    }
    if (method === 'DELETE') {
      this.#sessions.close(session.id);
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
    return this.#sessions.list().filter((session) => session.prefix === prefix);
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
