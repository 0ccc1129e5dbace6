import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { PublishedApp } from '../app-listing.ts';
import { QlikError, type FailureKind } from '../failure.ts';
import type { TenantApi } from './api.ts';
import { appsHint, listApps } from './apps.ts';

interface Page {
  readonly data: readonly unknown[];
  readonly links?: unknown;
}

/** A tenant that answers with pages, whatever the path asked for. */
function tenant(answer: (path: string, number: number) => Page) {
  const asked: string[] = [];
  const api = {
    get: async <S extends z.ZodType>(path: string, schema: S) => {
      asked.push(path);
      return schema.parse(answer(path, asked.length));
    },
  } as unknown as TenantApi;
  return { api, asked };
}

const SPACES: Page = { data: [{ id: 's1', name: 'Finance' }] };
const isSpaces = (path: string) => path.startsWith('/api/v1/spaces?');

/** One whose items are on pages like these, in this order, the last one again and again. */
function tenantWith(...pages: readonly Page[]) {
  let page = 0;
  return tenant((path) => {
    if (isSpaces(path)) return SPACES;
    page += 1;
    return pages[Math.min(page, pages.length) - 1]!;
  });
}

const item = (number: number, attributes: object = {}, rest: object = {}) => ({
  resourceId: `App-${number}`,
  name: `App ${number}`,
  spaceId: 's1',
  resourceAttributes: { publishTime: '2026-05-04T12:00:00.000Z', ...attributes },
  ...rest,
});
const next = (href: string | null) => ({ next: href === null ? null : { href } });
const cursor = (name: string) => next(`https://acme.example/api/v1/items?limit=100&next=${name}`);

async function list({ api }: { readonly api: TenantApi }) {
  const listed: PublishedApp[] = [];
  const end = await listApps(api, async (apps) => {
    listed.push(...apps);
  });
  return { end, listed };
}

describe('an item', () => {
  test('says all there is to say of an app', async () => {
    const times = { modifiedDate: '2026-05-05T12:00:00.000Z', lastReloadTime: '2026-05-06T12:00:00.000Z' };
    const rest = { ownerId: 'u1', description: 'What was sold', resourceSize: { appFile: 4096 } };
    const { listed } = await list(tenantWith({ data: [item(1, times, rest)] }));
    expect(listed).toEqual([
      {
        id: 'app-1',
        name: 'App 1',
        publishedIn: { kind: 'Space', id: 's1', name: 'Finance' },
        publishedAt: Date.UTC(2026, 4, 4, 12),
        modifiedAt: Date.UTC(2026, 4, 5, 12),
        lastReloadAt: Date.UTC(2026, 4, 6, 12),
        owner: 'u1',
        description: 'What was sold',
        size: 4096,
      },
    ]);
  });

  test('may say next to nothing', async () => {
    const bare = { resourceSize: null, description: '', spaceId: 's9' };
    const { listed } = await list(tenantWith({ data: [item(1, { lastReloadTime: '' }, bare)] }));
    expect(listed).toMatchObject([
      {
        publishedIn: { kind: 'Space', id: 's9', name: 's9' },
        lastReloadAt: undefined,
        owner: undefined,
        description: undefined,
        size: undefined,
      },
    ]);
  });

  test.each<[string, object]>([
    ['was never published', { publishTime: '' }],
    ['does not say when it was published', { publishTime: undefined }],
    ['was distributed from a site', { publishTime: '', published: true }],
  ])('that %s is no published app', async (_what, attributes) => {
    const { end, listed } = await list(tenantWith({ data: [item(1, attributes), item(2)] }));
    expect(listed.map(({ id }) => id)).toEqual(['app-2']);
    expect(end.kind).toBe('complete');
  });
});

describe('a listing', () => {
  test('goes from page to page by the cursor alone, which it takes to its own tenant', async () => {
    const { api, asked } = tenantWith(
      { data: [item(1)], links: next('https://elsewhere.example:1/other?next=a%26b&limit=5') },
      { data: [item(2)], links: next('?next=c') },
      { data: [item(3)] },
    );
    const { end, listed } = await list({ api });
    expect(end).toEqual({ kind: 'complete', places: new Set(['Finance']), seesAll: false });
    expect(listed.map(({ id }) => id)).toEqual(['app-1', 'app-2', 'app-3']);
    const first = '/api/v1/items?resourceType=app&spaceType=managed&noActions=true&limit=100';
    expect(asked.slice(1)).toEqual([first, `${first}&next=a%26b`, `${first}&next=c`]);
  });

  test.each<[string, unknown]>([
    ['no links', undefined],
    ['links of null', null],
    ['no next link', {}],
    ['a next link of null', next(null)],
    ['a next link to nowhere', next('')],
  ])('ends with a page that has %s', async (_what, links) => {
    expect((await list(tenantWith({ data: [item(1)], links }))).end.kind).toBe('complete');
  });

  test('goes on behind empty pages, though not for ever', async () => {
    const empty = (number: number) => ({ data: [], links: cursor(`e${number}`) });
    const pages = Array.from({ length: 10 }, (_each, index) => empty(index));
    expect((await list(tenantWith(...pages, { data: [item(1)] }))).listed.length).toBe(1);
    let number = 0;
    const { api, asked } = tenant((path) => (isSpaces(path) ? SPACES : empty((number += 1))));
    const why = 'more than 10 pages in a row were empty';
    expect((await list({ api })).end).toEqual({ kind: 'incomplete', why });
    expect(asked.length).toBe(12);
  });

  test.each<[string, string, readonly Page[]]>([
    [
      'a page was listed twice',
      'leads back to itself',
      [
        { data: [item(1)], links: cursor('a') },
        { data: [item(2)], links: cursor('a') },
      ],
    ],
    [
      'a page was listed twice',
      'leads back to one before',
      [
        { data: [item(1)], links: cursor('a') },
        { data: [item(2)], links: cursor('b') },
        { data: [item(3)], links: cursor('a') },
      ],
    ],
    [
      'an app was listed twice',
      'has an app again',
      [{ data: [item(1)], links: cursor('a') }, { data: [item(1)] }],
    ],
    [
      'an app was listed twice',
      'has an app again that is not published',
      [{ data: [item(1, { publishTime: '' })], links: cursor('a') }, { data: [item(1)] }],
    ],
    [
      'the link to the next page has no cursor',
      'has none',
      [{ data: [item(1)], links: next('https://acme.example/api/v1/items') }],
    ],
    [
      'the link to the next page has no cursor',
      'has an empty one',
      [{ data: [item(1)], links: next('/items?next=') }],
    ],
    ['the link to the next page has no cursor', 'is no link', [{ data: [item(1)], links: next('http://[') }]],
  ])('is incomplete, as %s, where the next page %s', async (why, _what, pages) => {
    expect((await list(tenantWith(...pages))).end).toEqual({ kind: 'incomplete', why });
  });

  test('that never comes to an end is given up', async () => {
    let number = 0;
    const { api, asked } = tenant((path) => {
      number += 1;
      return isSpaces(path) ? SPACES : { data: [item(number)], links: cursor(`c${number}`) };
    });
    const why = 'the tenant lists more than 100000 apps';
    expect((await list({ api })).end).toEqual({ kind: 'incomplete', why });
    expect(asked.length).toBe(1001);
  });
});

describe('the spaces', () => {
  const refusing = (kind: FailureKind) =>
    tenant((path) => {
      const endpoint = 'acme.example:443';
      if (isSpaces(path) && path.includes('limit='))
        throw new QlikError({ kind, phase: 'api', endpoint, detail: 'HTTP 400' });
      return isSpaces(path) ? SPACES : { data: [item(1)] };
    });

  test('are asked for by fewer where a hundred are too many', async () => {
    const { api, asked } = refusing('UnexpectedResponse');
    const { end, listed } = await list({ api });
    expect(end).toMatchObject({ kind: 'complete', places: new Set(['Finance']) });
    expect(listed[0]?.publishedIn.name).toBe('Finance');
    expect(asked.slice(0, 2)).toEqual([
      '/api/v1/spaces?type=managed&limit=100',
      '/api/v1/spaces?type=managed',
    ]);
  });

  test('that cannot be read are a failure', async () => {
    await expect(list(refusing('Forbidden'))).rejects.toThrow('HTTP 400');
  });

  test('that are not whole make the listing incomplete before it begins', async () => {
    const { api, asked } = tenant(() => ({ ...SPACES, links: cursor('a') }));
    const { end, listed } = await list({ api });
    expect(end).toEqual({ kind: 'incomplete', why: 'a page was listed twice' });
    expect(listed).toEqual([]);
    expect(asked.every(isSpaces)).toBe(true);
  });
});

test.each([
  [[item(3)], 'App-3'],
  [[], ''],
])('the hint is the newest item of %j', async (data, hint) => {
  const { api, asked } = tenant(() => ({ data }));
  expect(await appsHint(api)).toBe(hint);
  expect(asked).toEqual([
    '/api/v1/items?resourceType=app&spaceType=managed&noActions=true&limit=1&sort=-createdAt',
  ]);
});
