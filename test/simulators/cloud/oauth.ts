import type { Call, Reply } from '../http/message.ts';
import type { Client, Clients } from './clients.ts';
import type { Faults } from './faults.ts';
import { type ApiError, failure, json, refusal, tooMany } from './message.ts';
import type { RateLimit } from './ratelimit.ts';
import type { Tokens } from './tokens.ts';

/** What the OAuth endpoints need of the tenant. */
export interface OAuthParts {
  readonly clients: Clients;
  readonly tokens: Tokens;
  readonly limit: RateLimit;
  readonly faults: () => Faults;
  /** Seconds. */
  readonly lifetime: number;
}

interface TokenRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly faults: Faults;
}

type Check = (request: TokenRequest) => Reply | undefined;

/** In the order in which a server can notice. */
const checks: readonly Check[] = [wrongSecret, refusedByFault, wrongGrant, wrongScope, disabledBot];

const invalidClient: ApiError = {
  code: 'OAUTH-14',
  title: 'Invalid client_id',
  detail: 'OAuth client is not authorized',
};

/** `POST /oauth/token` and `POST /oauth/revoke`. */
export class OAuth {
  readonly #parts: OAuthParts;

  constructor(parts: OAuthParts) {
    this.#parts = parts;
  }

  /** Answers any request below `/oauth`. */
  answer(call: Call): Reply {
    const endpoint = call.segments.slice(1).join('/');
    if (endpoint !== 'token' && endpoint !== 'revoke') return refusal(404, 'Not found');
    if (call.method !== 'POST') return refusal(405, 'Method not allowed');
    const fields = readFields(call);
    if (fields === undefined) return refusal(400, 'Invalid request parameters');
    return endpoint === 'token' ? this.#token(this.#withBasic(call, fields)) : this.#revoke(fields);
  }

  #token(fields: Readonly<Record<string, string>>): Reply {
    const { client_id: id = '' } = fields;
    const missing = ['client_id', 'grant_type'].find((name) => !fields[name]);
    if (missing !== undefined) return refusal(400, 'Invalid request parameters', `${missing} is missing`);
    const wait = this.#parts.limit.take(id);
    if (wait > 0) return tooMany(wait);
    const faults = this.#parts.faults();
    const client = faults.clientUnknown ? undefined : this.#parts.clients.find(id);
    if (client === undefined) return failure(400, invalidClient);
    const request = { fields, client, faults };
    return firstRefusal(request) ?? this.#issue(request);
  }

  #issue({ fields, client, faults }: TokenRequest): Reply {
    const lifetime = faults.tokenLifetime || this.#parts.lifetime;
    const { value, expiresAt } = this.#parts.tokens.issue(client.clientId, lifetime);
    return json({
      access_token: value,
      token_type: faults.capitalBearer ? 'Bearer' : 'bearer',
      ...(!faults.scopeMissing && { scope: fields.scope || client.scopes.join(' ') }),
      ...(!faults.expiresAtMissing && { expires_at: new Date(expiresAt).toISOString() }),
      ...(!faults.expiresInMissing && { expires_in: lifetime }),
    });
  }

  #revoke({ token = '' }: Readonly<Record<string, string>>): Reply {
    if (token === '') return refusal(400, 'Invalid request parameters', 'token is missing');
    const wait = this.#parts.limit.take(this.#parts.tokens.find(token)?.clientId ?? '');
    if (wait > 0) return tooMany(wait);
    this.#parts.tokens.revoke(token);
    return json({});
  }

  #withBasic({ headers }: Call, fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const encoded = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (encoded === undefined) return fields;
    const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s);
    const known = { client_id: id, ...fields };
    return this.#parts.faults().basicAccepted ? { client_secret: secret, ...known } : known;
  }
}

function firstRefusal(request: TokenRequest): Reply | undefined {
  for (const check of checks) {
    const refused = check(request);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function wrongSecret({ fields, client, faults }: TokenRequest): Reply | undefined {
  const { secretRejected, secretStatus } = faults;
  const right = !client.keyOnly && client.secrets.includes(fields.client_secret ?? '');
  if (right && secretRejected === false) return undefined;
  const usual = secretStatus === false ? 401 : secretStatus;
  const status = typeof secretRejected === 'number' ? secretRejected : usual;
  return failure(status, { code: 'OAUTH-22', title: 'Invalid client_secret' });
}

function refusedByFault({ faults: { tokenRefused } }: TokenRequest): Reply | undefined {
  switch (tokenRefused) {
    case false:
      return undefined;
    case 'consent':
      return failure(400, invalidClient);
    case 'clientDisabled':
      return refusal(401, 'OAuth client is disabled');
    case 'grant':
      return refuseGrant();
    case 'scope':
      return refuseScope();
    case 'tooManyTokens':
      return refusal(403, 'Forbidden', 'User has reached the maximum number of tokens');
  }
}

function wrongGrant({ fields, client }: TokenRequest): Reply | undefined {
  const { grant_type: grant = '' } = fields;
  return grant === 'client_credentials' && client.grants.includes(grant) ? undefined : refuseGrant();
}

function wrongScope({ fields, client }: TokenRequest): Reply | undefined {
  const wanted = (fields.scope ?? '').split(' ').filter(Boolean);
  return wanted.every((scope) => client.scopes.includes(scope)) ? undefined : refuseScope();
}

function disabledBot({ client, faults }: TokenRequest): Reply | undefined {
  return client.botDisabled || faults.botDisabled ? refusal(403, 'Forbidden', 'User is disabled') : undefined;
}

function refuseGrant(): Reply {
  return refusal(400, 'Invalid request parameters', 'grant_type is not allowed');
}

function refuseScope(): Reply {
  return refusal(400, 'Invalid request parameters', 'scope is not allowed');
}

/** The fields of a JSON or form body; undefined if it is neither. */
function readFields({ headers, body }: Call): Readonly<Record<string, string>> | undefined {
  const [type] = (headers['content-type'] ?? '').split(';', 1);
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(body));
  return type === 'application/json' ? readJson(body) : undefined;
}

function readJson(body: string): Readonly<Record<string, string>> | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return undefined;
  }
}
