import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { OnPremiseSite } from './site.ts';

const key = '0123456789abcdef';

/** An answer as received. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The parsed body; throws if it is not JSON. */
  readonly json: () => unknown;
}

/** What a raw request says, beside method, path and port. */
export interface Question {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Default: a cross-site key in header and query. */
  readonly xrfkey?: boolean;
  /** Replaces TLS options; default: both authorities of the site and its client certificate. */
  readonly tls?:
    | Pick<RequestOptions, 'ca' | 'pfx' | 'passphrase' | 'maxVersion' | 'rejectUnauthorized'>
    | undefined;
  /** Default: a new connection. */
  readonly agent?: Agent;
}

/** Sends `GET /path` to a port of a site over real TLS, as the site's client certificate unless told otherwise. */
export async function ask(
  site: OnPremiseSite,
  port: number,
  endpoint: string,
  question: Question = {},
): Promise<Answer> {
  const sent = request({
    host: 'localhost',
    port,
    ...transport(site, question),
    ...message(endpoint, question),
  });
  sent.end(question.body === undefined ? undefined : JSON.stringify(question.body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const received = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: received,
    json: () => JSON.parse(received) as unknown,
  };
}

function transport(site: OnPremiseSite, { agent, tls }: Question): RequestOptions {
  const { siteCa, corporateCa, clientPfx, clientPfxPassword } = site;
  return {
    agent: agent ?? new Agent(),
    ca: [siteCa, corporateCa],
    pfx: clientPfx,
    passphrase: clientPfxPassword,
    ...tls,
  };
}

function message(endpoint: string, { xrfkey = true, headers }: Question): RequestOptions {
  const [method = '', path = ''] = endpoint.split(/ (.*)/s);
  const query = `${path.includes('?') ? '&' : '?'}xrfkey=${key}`;
  return xrfkey
    ? { method, path: path + query, headers: { 'x-qlik-xrfkey': key, ...headers } }
    : { method, path, headers: headers ?? {} };
}
