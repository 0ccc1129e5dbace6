import { randomBytes } from 'node:crypto';

/** As many secrets a client may have at a time. */
export const MAX_SECRETS = 5;

/** What a client logs in with. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How a client differs from the usual one. */
export interface ClientOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly name?: string;
  /** Default: `admin_classic` and `user_default`. */
  readonly scopes?: readonly string[];
  /** Default: `client_credentials`. */
  readonly grants?: readonly string[];
  /** The only way to log in is `private_key_jwt`: no secret works. Default: false. */
  readonly keyOnly?: boolean;
  /** Its bot user is disabled. Default: false. */
  readonly botDisabled?: boolean;
  /** Its bot user sees items and spaces. Default: true. */
  readonly seesItems?: boolean;
}

/** An OAuth client with its bot user. */
export interface Client extends Required<Omit<ClientOptions, 'clientSecret'>> {
  readonly secrets: readonly string[];
  readonly userId: string;
}

/** The OAuth clients of a tenant. */
export class Clients {
  readonly #clients = new Map<string, Client>();

  /** Registers a client. */
  add({
    clientId = randomBytes(16).toString('hex'),
    clientSecret = newSecret(),
    ...options
  }: ClientOptions = {}): ClientCredentials {
    this.#clients.set(clientId, {
      name: 'qlik-operator',
      scopes: ['admin_classic', 'user_default'],
      grants: ['client_credentials'],
      keyOnly: false,
      botDisabled: false,
      seesItems: true,
      ...options,
      clientId,
      secrets: [clientSecret],
      userId: randomBytes(12).toString('hex'),
    });
    return { clientId, clientSecret };
  }

  /** The client of this id. */
  find(clientId: string): Client | undefined {
    return this.#clients.get(clientId);
  }

  /** Forgets a client. */
  remove(clientId: string): void {
    this.#clients.delete(clientId);
  }

  /** Gives a client a new secret, beside the old ones or instead of them. Throws if there are too many. */
  rotate(clientId: string, keepOld: boolean): string {
    const client = this.#clients.get(clientId);
    if (client === undefined) throw new Error(`Unknown client "${clientId}"`);
    const secrets = [...(keepOld ? client.secrets : []), newSecret()];
    if (secrets.length > MAX_SECRETS) {
      throw new Error(`A client can have at most ${MAX_SECRETS} secrets`);
    }
    this.#clients.set(clientId, { ...client, secrets });
    return secrets.at(-1) ?? '';
  }
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}
