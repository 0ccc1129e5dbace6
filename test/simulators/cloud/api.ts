import type { Call, Reply } from '../http/message.ts';
import type { Catalogue, Space } from './catalogue.ts';
import type { Client, Clients } from './clients.ts';
import type { Faults } from './faults.ts';
import { ItemSearch } from './items.ts';
import { ALIAS } from './keys.ts';
import { failure, json, page, redirect, refusal, tooMany } from './message.ts';
import { onePage } from './paging.ts';
import type { RateLimit } from './ratelimit.ts';
import { renderApp, renderBot, renderItem, renderSpace, renderTenant, TENANT_ID } from './render.ts';
import type { Tokens } from './tokens.ts';

/** What the API needs of the tenant. */
export interface ApiParts {
  readonly catalogue: Catalogue;
  readonly clients: Clients;
  readonly tokens: Tokens;
  readonly limit: RateLimit;
  readonly faults: () => Faults;
  /** Called when the next page of a list is asked for, before the token is looked at. */
  readonly nextPage: () => void;
}

interface Visit {
  readonly call: Call;
  readonly bot: Client;
  readonly faults: Faults;
  /** The part of the path after the collection. */
  readonly id: string | undefined;
}

/** Everything below `/api/v1`: nothing without a valid Bearer token. */
export class Api {
  readonly #parts: ApiParts;
  readonly #search: ItemSearch;
  readonly #routes: Readonly<Record<string, (visit: Visit) => Reply>> = {
    users: (visit) => this.#users(visit),
    tenants: (visit) => tenants(visit),
    items: (visit) => this.#items(visit),
    spaces: (visit) => this.#spaces(visit),
    apps: (visit) => this.#apps(visit),
  };

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#search = new ItemSearch(parts.catalogue);
  }

  /** The client whose token a call shows. */
  clientOf({ headers }: Call): Client | undefined {
    const value = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const token = this.#parts.faults().tokenRevoked === true ? undefined : this.#parts.tokens.find(value);
    return token && this.#parts.clients.find(token.clientId);
  }

  /** Answers any request below `/api`. */
  answer(call: Call): Reply {
    if (call.url.searchParams.has('next')) this.#parts.nextPage();
    const faults = this.#parts.faults();
    const bot = this.clientOf(call);
    if (bot === undefined) return unauthorized(faults);
    const wait = this.#parts.limit.take(bot.clientId);
    if (wait > 0) return tooMany(wait);
    const [, version, collection = '', id, ...rest] = call.segments;
    const route = Object.hasOwn(this.#routes, collection) ? this.#routes[collection] : undefined;
    if (version !== 'v1' || route === undefined || rest.length > 0) return refusal(404, 'Not found');
    return call.method === 'GET' ? route({ call, bot, faults, id }) : refusal(405, 'Method not allowed');
  }

  #users({ call, bot, faults, id }: Visit): Reply {
    if (faults.apiForbidden === true) {
      return failure(403, { code: 'AUTH-5', title: 'Forbidden', detail: 'User is not a member of tenant' });
    }
    if (id === 'me') return redirect(301, location(call, faults, `/api/v1/users/${bot.userId}`));
    return id === bot.userId ? json(renderBot(bot, call.url.origin)) : refusal(404, 'Not found');
  }

  #items({ call: { url }, bot, faults, id }: Visit): Reply {
    if (faults.apiForbidden === 'items') return insufficient();
    if (id !== undefined) return refusal(404, 'Not found');
    const found = this.#search.find(url.searchParams);
    if ('status' in found) return found;
    const withActions = url.searchParams.get('noActions') !== 'true';
    return onePage({
      url,
      rows: sees(bot, faults) ? found : [],
      render: (item) => renderItem(item, url.origin, withActions),
      maxLimit: 100,
      faults,
    });
  }

  #spaces({ call: { url }, bot, faults, id }: Visit): Reply {
    if (faults.apiForbidden === 'items') return insufficient();
    const { catalogue } = this.#parts;
    const render = (space: Space): unknown => renderSpace(space, url.origin);
    if (id !== undefined) {
      const space = sees(bot, faults) ? catalogue.space(id) : undefined;
      return space === undefined ? refusal(404, 'Space not found or access denied') : json(render(space));
    }
    const types = url.searchParams.get('type')?.split(',');
    const name = url.searchParams.get('name')?.toLowerCase() ?? '';
    const rows = catalogue.spaces.filter(
      (space) => (types?.includes(space.type) ?? true) && space.name.toLowerCase().includes(name),
    );
    const maxLimit = faults.maxSpacesLimit || 100;
    return onePage({ url, rows: sees(bot, faults) ? rows : [], render, maxLimit, faults, counted: true });
  }

  #apps({ bot, faults, id }: Visit): Reply {
    if (id === undefined) {
      return faults.appsListMissing ? refusal(404, 'Not found') : refusal(405, 'Method not allowed');
    }
    const item = sees(bot, faults) ? this.#parts.catalogue.item(id) : undefined;
    return item?.resourceType === 'app' ? json(renderApp(item)) : refusal(404, 'Not found');
  }
}

function tenants({ call, faults, id }: Visit): Reply {
  if (id === 'me') return redirect(302, location(call, faults, `/api/v1/tenants/${TENANT_ID}`));
  return id === TENANT_ID ? json(renderTenant(call.url.origin, faults)) : refusal(404, 'Not found');
}

/** Without the scope or the role the lists are empty, which is not an error. */
function sees(bot: Client, { nothingVisible }: Faults): boolean {
  return bot.seesItems && !nothingVisible;
}

function location({ url }: Call, faults: Faults, path: string): string {
  const target = new URL(path, url.origin);
  if (faults.redirectElsewhere) target.hostname = ALIAS;
  return faults.redirectElsewhere || faults.absoluteLocation ? target.href : path;
}

function insufficient(): Reply {
  return refusal(403, 'Forbidden', 'insufficient permissions');
}

/** What a call without a valid token gets. */
export function unauthorized({ unauthorizedBody }: Faults): Reply {
  switch (unauthorizedBody) {
    case false:
      return refusal(401, 'Unauthorized');
    case 'empty':
      return { status: 401, headers: {}, body: '' };
    case 'html':
      return page(401, 'Unauthorized');
  }
}
