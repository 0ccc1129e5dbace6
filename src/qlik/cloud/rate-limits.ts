import { failureOf, QlikError } from '../failure.ts';
import type { HttpSession } from '../transport/http.ts';

/** What a tenant limits apart from the rest: tokens, and everything else that is read. */
export type Tier = 'tokens' | 'reads';

/**
 * Until when a tenant wants to be left alone by an OAuth client. It counts the requests of a client together, so what one
 * QlikServer was told holds for all of that client.
 */
export class RateLimits {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Makes a request, unless the tenant has asked to wait; it fails as the tenant would let it fail. */
  async respecting<T>(
    client: string,
    tier: Tier,
    session: HttpSession,
    request: () => Promise<T>,
  ): Promise<T> {
    const key = `${tier} ${client}`;
    const left = this.#left(key);
    if (left > 0) throw limited(session, left);
    try {
      return await request();
    } catch (error) {
      const { kind, retryAfter = 0 } = failureOf(error) ?? {};
      if (kind === 'RateLimited') this.#until.set(key, this.#now() + retryAfter);
      throw error;
    }
  }

  /** Number of clients that have to wait. */
  get size(): number {
    for (const key of this.#until.keys()) this.#left(key);
    return this.#until.size;
  }

  #left(key: string): number {
    const left = (this.#until.get(key) ?? 0) - this.#now();
    if (left <= 0) this.#until.delete(key);
    return left;
  }
}

function limited(session: HttpSession, retryAfter: number): QlikError {
  const { failure } = session.failure(
    'RateLimited',
    'the tenant limits the rate of requests, and has asked this OAuth client to wait',
  );
  return new QlikError({ ...failure, retryAfter });
}
