import * as z from 'zod';
import { APP_ID, Pages, timeOf, type ListingEnd, type OnPage, type PublishedApp } from '../app-listing.ts';
import { failureOf } from '../failure.ts';
import type { TenantApi } from './api.ts';

/** Items of a page: the most the API gives. */
const PAGE = 100;
const MOST_PAGES = 1_000;
/** Pages without an item, though with a next one, that are put up with in a row. */
const MOST_EMPTY = 10;

const text = z.string().nullish().catch(undefined);
const links = z.object({ next: z.object({ href: text }).nullish().catch(undefined) }).nullish();
const pageOf = <S extends z.ZodType>(item: S) => z.object({ data: z.array(item), links });
const space = z.object({ id: z.string(), name: z.string() });
const item = z.object({
  resourceId: z.string().regex(APP_ID),
  name: z.string(),
  description: text,
  spaceId: text,
  ownerId: text,
  resourceAttributes: z
    .object({ publishTime: text, modifiedDate: text, lastReloadTime: text })
    .nullish()
    .catch(undefined),
  resourceSize: z
    .object({ appFile: z.int().min(0).nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});

/** In the order of creation, which does not change while pages are read. */
const ITEMS = `/api/v1/items?resourceType=app&spaceType=managed&noActions=true&limit=${PAGE}`;
const SPACES = '/api/v1/spaces?type=managed';

/**
 * Lists the published apps that the OAuth client may see. Whether these are all there are, a tenant does not tell; that
 * an app is missing is therefore never proved by one listing.
 */
export async function listApps(api: TenantApi, onPage: OnPage): Promise<ListingEnd> {
  const spaces = await readSpaces(api);
  if (typeof spaces === 'string') return { kind: 'incomplete', why: spaces };
  const seen = new Pages();
  const why = await readPages(api, ITEMS, item, async (items) => {
    seen.add(items.map(({ resourceId }) => ({ id: resourceId.toLowerCase() })));
    const apps = items.flatMap((each) => appOf(each, spaces) ?? []);
    if (apps.length > 0) await onPage(apps);
  });
  if (why !== undefined) return { kind: 'incomplete', why };
  if (seen.hasRepetition) return { kind: 'incomplete', why: 'an app was listed twice' };
  return { kind: 'complete', places: new Set(spaces.values()), seesAll: false };
}

/** The newest item of the managed spaces. */
export async function appsHint(api: TenantApi): Promise<string> {
  const path = '/api/v1/items?resourceType=app&spaceType=managed&noActions=true&limit=1&sort=-createdAt';
  const { data } = await api.get(path, pageOf(item));
  return data[0]?.resourceId ?? '';
}

/** Names by id. The longest page of spaces is not documented: the usual length is taken where 100 is refused. */
async function readSpaces(api: TenantApi): Promise<ReadonlyMap<string, string> | string> {
  const spaces = new Map<string, string>();
  const collect = async (page: readonly z.output<typeof space>[]) => {
    for (const { id, name } of page) spaces.set(id, name);
  };
  try {
    return (await readPages(api, `${SPACES}&limit=${PAGE}`, space, collect)) ?? spaces;
  } catch (error) {
    if (failureOf(error)?.kind !== 'UnexpectedResponse') throw error;
    spaces.clear();
    return (await readPages(api, SPACES, space, collect)) ?? spaces;
  }
}

/**
 * Follows the cursor to the end; says why when there is none. Only the value of the cursor is taken from a link: the
 * token goes to the tenant of the spec, whatever host a link names.
 */
async function readPages<S extends z.ZodType>(
  api: TenantApi,
  first: string,
  schema: S,
  onPage: (page: z.output<S>[]) => Promise<void>,
): Promise<string | undefined> {
  const cursors = new Cursors();
  let path = first;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, links: found } = await api.get(path, pageOf(schema));
    await onPage(data);
    const next = cursors.after(data.length, found?.next?.href ?? '');
    if (next === undefined) return undefined;
    if ('why' in next) return next.why;
    path = `${first}&next=${encodeURIComponent(next.cursor)}`;
  }
  return `the tenant lists more than ${MOST_PAGES * PAGE} apps`;
}

/** The cursors of one pass: none of them may lead back, nor on and on through empty pages. */
class Cursors {
  readonly #used = new Set<string>();
  #empty = 0;

  /** Where it goes on after a page; `undefined`: that was the last one. */
  after(items: number, href: string): { cursor: string } | { why: string } | undefined {
    this.#empty = items === 0 ? this.#empty + 1 : 0;
    if (this.#empty > MOST_EMPTY) return { why: `more than ${MOST_EMPTY} pages in a row were empty` };
    if (href === '') return undefined;
    const cursor = cursorIn(href);
    if (cursor === undefined) return { why: 'the link to the next page has no cursor' };
    if (this.#used.has(cursor)) return { why: 'a page was listed twice' };
    this.#used.add(cursor);
    return { cursor };
  }
}

function cursorIn(href: string): string | undefined {
  const base = 'https://tenant.invalid';
  const cursor = URL.canParse(href, base) ? new URL(href, base).searchParams.get('next') : undefined;
  return cursor === null || cursor === '' ? undefined : cursor;
}

/** `publishTime` says whether an app is published; `published` means something else in the cloud. */
function appOf(data: z.output<typeof item>, spaces: ReadonlyMap<string, string>): PublishedApp | undefined {
  const attributes = data.resourceAttributes ?? {};
  if ((attributes.publishTime ?? '') === '') return undefined;
  const id = data.spaceId ?? '';
  return {
    id: data.resourceId.toLowerCase(),
    name: data.name,
    publishedIn: { kind: 'Space', id, name: spaces.get(id) ?? id },
    publishedAt: timeOf(attributes.publishTime),
    modifiedAt: timeOf(attributes.modifiedDate),
    lastReloadAt: timeOf(attributes.lastReloadTime),
    owner: data.ownerId || undefined,
    description: data.description || undefined,
    size: data.resourceSize?.appFile ?? undefined,
  };
}
