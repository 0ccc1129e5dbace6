import { randomUUID } from 'node:crypto';
import { type Identity, sameIdentity } from './identity.ts';

/** A session of a user on a virtual proxy; its id is the value of the cookie. */
export interface Session extends Identity {
  readonly id: string;
  /** Prefix of the virtual proxy, empty for the default one. */
  readonly prefix: string;
}

/** How long sessions live, in milliseconds. */
export interface SessionRules {
  readonly now: () => number;
  /** An unused session ends after that time. */
  readonly inactivity: () => number;
  /** An ended session still counts for that time. */
  readonly cooldown: () => number;
}

/** Sessions of a site; a user can have only so many, over all virtual proxies and nodes. */
export class Sessions {
  readonly #open = new Map<string, { readonly session: Session; readonly until: number }>();
  readonly #limit: number;
  readonly #rules: SessionRules;
  #cooling: { readonly user: Identity; readonly until: number }[] = [];

  constructor(limit: number, rules: SessionRules) {
    this.#limit = limit;
    this.#rules = rules;
  }

  /** Opens a session; undefined if the user has as many as allowed. */
  open(user: Identity, prefix: string): Session | undefined {
    this.#cooling = this.#cooling.filter(({ until }) => until > this.#rules.now());
    const counted = [...this.list(), ...this.#cooling.map(({ user }) => user)];
    if (counted.filter((each) => sameIdentity(each, user)).length >= this.#limit) {
      return undefined;
    }
    const session = { userDirectory: user.userDirectory, userId: user.userId, prefix, id: randomUUID() };
    this.#use(session);
    return session;
  }

  /** A session of a virtual proxy. */
  find(id: string, prefix: string): Session | undefined {
    return this.list().find((session) => session.id === id && session.prefix === prefix);
  }

  /** Notes that a session was used just now. */
  touch(session: Session): void {
    this.#use(session);
  }

  /** Ends a session; no error if there is none. */
  close(id: string): void {
    const found = this.#open.get(id);
    if (found === undefined) return;
    this.#open.delete(id);
    this.#cooling.push({ user: found.session, until: this.#rules.now() + this.#rules.cooldown() });
  }

  /** All open sessions. */
  list(): readonly Session[] {
    for (const [id, { until }] of this.#open) {
      if (until <= this.#rules.now()) this.#open.delete(id);
    }
    return [...this.#open.values()].map(({ session }) => session);
  }

  #use(session: Session): void {
    this.#open.set(session.id, { session, until: this.#rules.now() + this.#rules.inactivity() });
  }
}
