/** Rejections of one OAuth client in this time, at most, before it is left alone: Qlik limits failing requests too. */
const LIMIT = 4;
const WINDOW = 3_600_000;

/**
 * How often the tenant has rejected an OAuth client lately, over everything that uses it: a wrong secret in ten places
 * must not become ten times as many attempts. Counted by tenant and client, whatever the secret.
 */
export class RejectionBudget {
  readonly #rejections = new Map<string, readonly number[]>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether another attempt is allowed now. */
  allows(client: string): boolean {
    return this.#recent(client).length < LIMIT;
  }

  rejected(client: string): void {
    this.#rejections.set(client, [...this.#recent(client), this.#now()]);
  }

  /** Number of clients with rejections that still count. */
  get size(): number {
    for (const client of this.#rejections.keys()) this.#recent(client);
    return this.#rejections.size;
  }

  #recent(client: string): readonly number[] {
    const recent = (this.#rejections.get(client) ?? []).filter((time) => this.#now() - time < WINDOW);
    if (recent.length === 0) this.#rejections.delete(client);
    else this.#rejections.set(client, recent);
    return recent;
  }
}
