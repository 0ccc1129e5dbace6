import { checkServerIdentity } from 'node:tls';
import { Agent, type Dispatcher, request } from 'undici';
import type { ClientCredentials } from './clients.ts';
import { HOST } from './keys.ts';
import type { CloudTenant } from './tenant.ts';

/** An answer as received. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The parsed body; throws if it is not JSON. */
  readonly json: () => unknown;
}

/** What a raw request says, beside method and path. */
export interface Question {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Adds `Authorization: Bearer`. */
  readonly token?: string;
  /** Default: a new connection that trusts the tenant's authority. */
  readonly agent?: Dispatcher;
}

/** A client of raw requests that trusts these authorities (PEM) and no others; one connection, whatever the Host header says. */
export function trusting(ca: string): Agent {
  return new Agent({
    connections: 1,
    connect: { ca, checkServerIdentity: (_name, cert) => checkServerIdentity(HOST, cert) },
  });
}

/** Sends `GET /path` to a tenant over real TLS. Redirects are not followed. */
export async function ask(tenant: CloudTenant, endpoint: string, question: Question = {}): Promise<Answer> {
  const [method = '', path = ''] = endpoint.split(/ (.*)/s);
  const { headers, body, token, agent } = question;
  const dispatcher = agent ?? trusting(tenant.ca);
  try {
    const response = await request(`${tenant.tenantUrl}${path}`, {
      dispatcher,
      method,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: response.headers,
      body: text,
      json: () => JSON.parse(text) as unknown,
    };
  } finally {
    if (agent === undefined) await dispatcher.destroy();
  }
}

/** Asks for a token as the vendor's samples do: JSON, the secret in the body. */
export async function askToken(
  tenant: CloudTenant,
  fields: Partial<Record<string, string>> = {},
  agent?: Dispatcher,
): Promise<Answer> {
  const { clientId, clientSecret } = tenant;
  const usual = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ ...usual, ...fields });
  return ask(tenant, 'POST /oauth/token', { headers, body, ...(agent !== undefined && { agent }) });
}

/** A token; throws if there is none. */
export async function logIn(tenant: CloudTenant, credentials?: ClientCredentials): Promise<string> {
  const { clientId, clientSecret } = credentials ?? tenant;
  const answer = await askToken(tenant, { client_id: clientId, client_secret: clientSecret });
  const { access_token: token } = answer.json() as { access_token?: string };
  if (token === undefined) throw new Error(`No token: ${answer.body}`);
  return token;
}

/** The first error of an answer: `OAUTH-22`. */
export function codeOf(answer: Answer): string | undefined {
  return (answer.json() as { errors: readonly { code: string }[] }).errors[0]?.code;
}
