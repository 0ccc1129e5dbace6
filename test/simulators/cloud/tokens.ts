import { randomBytes } from 'node:crypto';

/** An access token. */
export interface Token {
  readonly value: string;
  readonly clientId: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}

/** The access tokens of a tenant. */
export class Tokens {
  readonly #now: () => number;
  readonly #valid = new Map<string, Token>();
  #issued = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many were ever issued. */
  get issued(): number {
    return this.#issued;
  }

  /** Makes a token that lives for so many seconds. */
  issue(clientId: string, lifetime: number): Token {
    const token = { value: newValue(), clientId, expiresAt: this.#now() + lifetime * 1000 };
    this.#valid.set(token.value, token);
    this.#issued += 1;
    return token;
  }

  /** The token, if it is neither expired nor revoked. */
  find(value: string): Token | undefined {
    const token = this.#valid.get(value);
    return token !== undefined && token.expiresAt > this.#now() ? token : undefined;
  }

  /** Makes a token invalid. */
  revoke(value: string): void {
    this.#valid.delete(value);
  }

  /** Makes all tokens invalid. */
  revokeAll(): void {
    this.#valid.clear();
  }
}

/** Looks like the real ones: a JWT signed with ES384. Nobody can verify it. */
function newValue(): string {
  const header = Buffer.from('{"alg":"ES384","typ":"JWT"}').toString('base64url');
  return `${header}.${randomBytes(48).toString('base64url')}.${randomBytes(96).toString('base64url')}`;
}
