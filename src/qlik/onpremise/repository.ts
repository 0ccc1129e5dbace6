import * as z from 'zod';
import type { HttpRequest, HttpResponse, HttpSession } from '../transport/http.ts';
import { userHeader, withXrfkey, type QlikUser } from './headers.ts';
import { jsonOf } from './json.ts';

export const about = z.object({ buildVersion: z.string().default(''), schemaPath: z.literal('About') });
const count = z.union([z.int().min(0), z.object({ value: z.int().min(0) }).transform(({ value }) => value)]);
const user = z.object({
  userId: z.string(),
  userDirectory: z.string(),
  roles: z.array(z.string()).default([]),
  inactive: z.boolean().default(false),
  removedExternally: z.boolean().default(false),
  blacklisted: z.boolean().default(false),
});
const virtualProxy = z.object({
  id: z.string(),
  prefix: z.string(),
  modifiedDate: z.string().default(''),
  authenticationMethod: z.int(),
  sessionCookieHeaderName: z.string(),
  loadBalancingServerNodes: z.array(z.object({ id: z.string() })).default([]),
});
/** A node may say nonsense of a port without the others being in doubt: the usual port is taken then. */
const port = z.int().min(1).max(65_535).optional().catch(undefined);
const proxyService = z.object({
  serverNodeConfiguration: z.object({
    id: z.string(),
    hostName: z.string(),
    isCentral: z.boolean().default(false),
  }),
  settings: z.object({
    listenPort: port,
    restListenPort: port,
    virtualProxies: z.array(z.object({ id: z.string() })).default([]),
  }),
});
const stream = z.object({ id: z.string(), name: z.string() });
const serviceStatus = z.object({
  serviceType: z.int(),
  serviceState: z.int(),
  serverNodeConfiguration: z.object({ id: z.string() }),
});

export type QrsUser = z.output<typeof user>;
export type VirtualProxy = z.output<typeof virtualProxy>;
export type ProxyService = z.output<typeof proxyService>;
export type ServiceStatus = z.output<typeof serviceStatus>;

/** `serviceType` and `serviceState` of a service status (API p.1889). */
export const SERVICE = { proxy: 1, engine: 3 } as const;
export const RUNNING = 2;

/** A window of a table (POST /qrs/app/table). */
export interface TableQuery {
  readonly filter: string;
  /** Name and definition (a property path) of each column. */
  readonly columns: readonly (readonly [name: string, definition: string])[];
  readonly sortColumn: string;
  readonly orderAscending: boolean;
  readonly skip: number;
  readonly take: number;
}

/** The Qlik Repository Service, asked as a given user over mutual TLS. */
export class Repository {
  readonly session: HttpSession;

  constructor(session: HttpSession) {
    this.session = session;
  }

  /** `/qrs/about`, the ping of every Qlik tool. */
  async about(as: QlikUser): Promise<z.output<typeof about>> {
    return jsonOf(this.session, await this.aboutResponse(as), about);
  }

  aboutResponse(as: QlikUser): Promise<HttpResponse> {
    return this.#get('/qrs/about', as);
  }

  async users(of: QlikUser, as: QlikUser): Promise<QrsUser[]> {
    const filter = `userDirectory eq '${escape(of.directory)}' and userId eq '${escape(of.id)}'`;
    return this.#list('user', filter, { as, schema: user });
  }

  async appCount(as: QlikUser, filter?: string): Promise<number> {
    return jsonOf(this.session, await this.#get(filtered('/qrs/app/count', filter), as), count);
  }

  async streams(as: QlikUser): Promise<z.output<typeof stream>[]> {
    return jsonOf(this.session, await this.#get('/qrs/stream', as), z.array(stream));
  }

  /** A part of the apps, as a table with columns of one's choice; the answer is as it comes. */
  async appTable(as: QlikUser, { filter, columns, ...window }: TableQuery): Promise<HttpResponse> {
    const query = new URLSearchParams(
      Object.entries(window).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const body = JSON.stringify({
      entity: 'App',
      columns: columns.map(([name, definition]) => ({ name, columnType: 'Property', definition })),
    });
    return this.#send(
      { method: 'POST', path: `${filtered('/qrs/app/table', filter)}&${query.toString()}`, body },
      as,
    );
  }

  async virtualProxies(prefix: string, as: QlikUser): Promise<VirtualProxy[]> {
    return this.#list('virtualproxyconfig', `prefix eq '${escape(prefix)}'`, { as, schema: virtualProxy });
  }

  async proxyServices(as: QlikUser): Promise<ProxyService[]> {
    return this.#list('proxyservice', undefined, { as, schema: proxyService });
  }

  async serviceStatuses(as: QlikUser): Promise<ServiceStatus[]> {
    return this.#list('servicestatus', undefined, { as, schema: serviceStatus });
  }

  async #list<S extends z.ZodType>(
    type: string,
    filter: string | undefined,
    { as, schema }: { as: QlikUser; schema: S },
  ): Promise<z.output<S>[]> {
    // Condensed lists lack what is needed here (roles, settings), so always the full ones.
    const path = filtered(`/qrs/${type}/full`, filter);
    return jsonOf(this.session, await this.#get(path, as), z.array(schema));
  }

  #get(path: string, as: QlikUser): Promise<HttpResponse> {
    return this.#send({ method: 'GET', path }, as);
  }

  #send(request: Pick<HttpRequest, 'method' | 'path' | 'body'>, as: QlikUser): Promise<HttpResponse> {
    const { path, headers, secrets } = withXrfkey(request.path);
    return this.session.request({
      ...request,
      path,
      secrets,
      headers: {
        ...headers,
        'x-qlik-user': userHeader(as),
        'x-qlik-security': 'Context=ManagementAccess',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
  }
}

function filtered(path: string, filter: string | undefined): string {
  return filter === undefined ? path : `${path}?filter=${encodeURIComponent(filter)}`;
}

/** Quotes and backslashes are escaped with a backslash; doubling a quote is answered with 400. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
