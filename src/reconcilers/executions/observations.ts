/**
 * For how long something has been so, by the clock of this process alone. What is looked at twice and is the same must
 * not have changed in between: a generation only rises, and what is gone does not come back with its uid.
 */
export class Observations {
  readonly #since = new Map<string, { readonly what: string; readonly since: number }>();
  readonly #now: () => number;

  /** `now`: milliseconds of a clock that is never set. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds since `what` was first seen of this uid, without anything else in between. */
  seen(uid: string, what: string): number {
    const before = this.#since.get(uid);
    const since = before?.what === what ? before.since : this.#now();
    this.#since.set(uid, { what, since });
    return this.#now() - since;
  }

  forget(uid: string): void {
    this.#since.delete(uid);
  }
}
