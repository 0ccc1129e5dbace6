import { randomBytes } from 'node:crypto';
import type { Identity } from './identity.ts';

const timeToLive = 60_000;

/** Tickets of a proxy: each opens one session, within a minute, on the virtual proxy it was made for. */
export class Tickets {
  readonly #open = new Map<
    string,
    { readonly user: Identity; readonly prefix: string; readonly until: number }
  >();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new ticket. */
  issue(user: Identity, prefix: string): string {
    const ticket = randomBytes(12).toString('base64url');
    this.#open.set(ticket, { user, prefix, until: this.#now() + timeToLive });
    return ticket;
  }

  /** Uses a ticket up and tells whose it was; undefined if it is unknown, used, too old or of another virtual proxy. */
  redeem(ticket: string, prefix: string): Identity | undefined {
    const found = this.#open.get(ticket);
    if (found === undefined || found.prefix !== prefix) {
      return undefined;
    }
    this.#open.delete(ticket);
    return this.#now() < found.until ? found.user : undefined;
  }
}
