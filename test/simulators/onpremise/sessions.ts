import { randomUUID } from 'node:crypto';
import { type Identity, sameIdentity } from './identity.ts';

/** A session of a user on a virtual proxy; its id is the value of the cookie. */
export interface Session extends Identity {
  readonly id: string;
  /** Prefix of the virtual proxy, empty for the default one. */
  readonly prefix: string;
}

/** Sessions of a proxy; a user can have only so many, over all virtual proxies. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Opens a session; undefined if the user has as many as allowed. */
  open(user: Identity, prefix: string): Session | undefined {
    if (this.list().filter((each) => sameIdentity(each, user)).length >= this.#limit) {
      return undefined;
    }
    const session = { userDirectory: user.userDirectory, userId: user.userId, prefix, id: randomUUID() };
    this.#open.set(session.id, session);
    return session;
  }

  /** A session of a virtual proxy. */
  find(id: string, prefix: string): Session | undefined {
    const session = this.#open.get(id);
    return session?.prefix === prefix ? session : undefined;
  }

  /** Ends a session; no error if there is none. */
  close(id: string): void {
    this.#open.delete(id);
  }

  /** All open sessions. */
  list(): readonly Session[] {
    return [...this.#open.values()];
  }
}
