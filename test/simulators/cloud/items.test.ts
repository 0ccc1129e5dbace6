import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, ask, logIn, trusting } from './ask.ts';
import type { Item } from './catalogue.ts';
import { type CloudTenant, startCloudTenant } from './tenant.ts';

interface Page {
  readonly data: readonly { readonly id: string; readonly resourceId: string; readonly name: string }[];
  readonly links: {
    readonly next?: { readonly href: string } | null;
    readonly prev?: { readonly href: string };
  };
}

let tenant: CloudTenant;
let token: string;
beforeAll(async () => {
  tenant = await startCloudTenant({ apiPerMinute: 100_000 });
  token = await logIn(tenant);
});
beforeEach(() => tenant.setItems(20));
afterEach(() => tenant.clearFaults());
afterAll(() => tenant.stop());

function get(query: string): Promise<Answer> {
  return ask(tenant, `GET /api/v1/items${query && '?'}${query}`, { token });
}

async function page(query: string): Promise<Page> {
  const answer = await get(query);
  expect(answer.status).toBe(200);
  return answer.json() as Page;
}

async function names(query: string): Promise<string[]> {
  return (await page(`limit=100&${query}`)).data.map(({ name }) => name);
}

/** The query of the next page; undefined on the last one. */
function nextOf({ links }: Page): string | undefined {
  return links.next?.href ? new URL(links.next.href).search.slice(1) : undefined;
}

/** The app GUIDs of all pages, and the number of pages. */
async function walk(first: string, most = 1000): Promise<{ ids: string[]; pages: number }> {
  const agent = trusting(tenant.ca);
  const ids: string[] = [];
  let query: string | undefined = first;
  let pages = 0;
  while (query !== undefined && pages < most) {
    const answer: Answer = await ask(tenant, `GET /api/v1/items?${query}`, { token, agent });
    const { data } = answer.json() as Page;
    ids.push(...data.map(({ resourceId }) => resourceId));
    query = nextOf(answer.json() as Page);
    pages += 1;
  }
  await agent.destroy();
  return { ids, pages };
}

function idsOf(items: readonly Item[]): string[] {
  return items.map(({ resourceId }) => resourceId);
}

test('ten items by default, oldest first, with links', async () => {
  const answer = await get('');
  const { data, links } = answer.json() as Page;
  expect(data.map(({ resourceId }) => resourceId)).toEqual(idsOf(tenant.items.slice(0, 10)));
  expect(links).toEqual({
    self: { href: `${tenant.tenantUrl}/api/v1/items` },
    next: { href: expect.stringMatching(`^${tenant.tenantUrl}/api/v1/items\\?next=`) as unknown },
  });
  expect(answer.headers['x-b3-traceid']).toMatch(/^[0-9a-f]{32}$/);
});

test('a published app has a publish time, and is not "published"', async () => {
  tenant.setItems(0);
  const app = tenant.addApp({ name: 'Sales' });
  const { data } = await page('noActions=true');
  expect(data[0]).toEqual({
    name: 'Sales',
    description: '',
    spaceId: app.spaceId,
    thumbnailId: '',
    resourceAttributes: {
      _resourcetype: 'app',
      createdDate: expect.stringMatching(/\.\d{3}Z$/) as unknown,
      description: '',
      dynamicColor: '',
      hasSectionAccess: false,
      id: app.resourceId,
      isDirectQueryMode: false,
      lastReloadTime: expect.any(String) as unknown,
      modifiedDate: expect.any(String) as unknown,
      name: 'Sales',
      originAppId: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as unknown,
      owner: expect.stringMatching(/^auth0\|/) as unknown,
      ownerId: app.ownerId,
      publishTime: expect.stringMatching(/^2024-.*\.123Z$/) as unknown,
      published: false,
      spaceId: app.spaceId,
      thumbnail: '',
      usage: 'ANALYTICS',
    },
    resourceCustomAttributes: null,
    resourceCreatedAt: expect.stringMatching(/:\d\dZ$/) as unknown,
    resourceUpdatedAt: expect.any(String) as unknown,
    resourceType: 'app',
    resourceId: app.resourceId,
    id: expect.stringMatching(/^[\da-f]{24}$/) as unknown,
    createdAt: expect.stringMatching(/:\d\dZ$/) as unknown,
    updatedAt: expect.any(String) as unknown,
    creatorId: app.ownerId,
    updaterId: app.ownerId,
    ownerId: app.ownerId,
    tenantId: expect.any(String) as unknown,
    isFavorited: false,
    collectionIds: [],
    meta: { isFavorited: false, tags: [], collections: [] },
    links: expect.anything() as unknown,
    resourceReloadEndTime: expect.any(String) as unknown,
    resourceReloadStatus: 'ok',
    resourceSize: { appFile: 2057, appMemory: 78 },
    itemViews: { total: 3, trend: 0.3, unique: 1 },
  });
});

test.each([
  ['distributed', 'managed', { publishTime: '', published: true, originAppId: '' }],
  ['shared', 'shared', { publishTime: '', published: false, originAppId: '' }],
  ['personal', 'personal', { publishTime: '', published: false, spaceId: '' }],
] as const)('a %s app is in a %s space and not published', async (kind, spaceType, resourceAttributes) => {
  tenant.setItems(0);
  tenant.addApp({ kind });
  const { data } = await page(`spaceType=${spaceType}`);
  expect(data).toMatchObject([{ resourceType: 'app', resourceAttributes }]);
  expect(tenant.publishedApps).toEqual([]);
});

test('other items have no app attributes', async () => {
  tenant.setItems(0);
  tenant.addApp({ kind: 'other' });
  const { data } = await page('');
  expect(data).toMatchObject([{ resourceType: 'dataset', resourceAttributes: {}, resourceReloadStatus: '' }]);
});

test('actions are left out on request only', async () => {
  expect((await page('')).data[0]).toHaveProperty('actions');
  expect((await page('noActions=true')).data[0]).not.toHaveProperty('actions');
});

test('apps in managed spaces are the published and the distributed ones', async () => {
  const { data } = await page('resourceType=app&spaceType=managed&limit=100');
  expect(data).toHaveLength(14);
  expect(tenant.publishedApps).toHaveLength(12);
  expect(data.map(({ resourceId }) => resourceId)).toEqual(
    expect.arrayContaining(idsOf(tenant.publishedApps)),
  );
});

test.each([
  'limit=0',
  'limit=101',
  'limit=ten',
  'limit=1.5',
  'sort=size',
  'sort=toString',
  'spaceType=public',
  'next=rubbish',
  'next=bnVsbA',
  'resourceType=app[qvd]&resourceSubType=qvd',
  'resourceId=x',
])('%s is 400', async (query) => {
  expect((await get(query)).status).toBe(400);
});

test('a page is asked for by next or prev, not both, and with the filters of its list', async () => {
  const { links } = await page('limit=5&resourceType=app');
  const next = new URL(links.next?.href ?? '').searchParams.get('next') ?? '';
  expect((await get(`limit=5&resourceType=app&next=${next}`)).status).toBe(200);
  expect((await get(`limit=7&resourceType=app&next=${next}&noActions=true`)).status).toBe(200);
  expect((await get(`limit=5&resourceType=app&next=${next}&prev=${next}`)).status).toBe(400);
  expect((await get(`limit=5&next=${next}`)).status).toBe(400);
});

test('prev leads back', async () => {
  const first = await page('limit=5');
  const second = await page(nextOf(first) ?? '');
  expect(first.links.prev).toBeUndefined();
  const back = await page(new URL(second.links.prev?.href ?? '').search.slice(1));
  expect(back.data).toEqual(first.data);
});

test('resource types can have sub-types', async () => {
  tenant.setItems(0);
  tenant.addApp({ name: 'plain' });
  tenant.addApp({ name: 'qvd', resourceSubType: 'qvd' });
  tenant.addApp({ name: 'monitor', resourceSubType: 'chart-monitoring' });
  tenant.addApp({ name: 'view', resourceType: 'qvapp' });
  expect(await names('resourceType=app')).toEqual(['plain', 'qvd', 'monitor']);
  expect(await names('resourceType=app,qvapp')).toEqual(['plain', 'qvd', 'monitor', 'view']);
  expect(await names('resourceType=app[]')).toEqual(['plain']);
  expect(await names('resourceType=app[qvd,],qvapp')).toEqual(['plain', 'qvd', 'view']);
  expect(await names('resourceType=app&resourceSubType=chart-monitoring')).toEqual(['monitor']);
});

test('filters by space, owner, id and name', async () => {
  tenant.setItems(0);
  const other = tenant.addSpace({ type: 'managed' });
  const one = tenant.addApp({ name: 'Sales 2026', spaceId: other.id, description: 'turnover' });
  const two = tenant.addApp({ name: 'costs', ownerId: 'someone' });
  tenant.addApp({ name: 'private', kind: 'personal' });
  expect(await names(`spaceId=${other.id}`)).toEqual(['Sales 2026']);
  expect(await names('spaceId=personal')).toEqual(['private']);
  expect(await names('spaceType=personal,managed')).toHaveLength(3);
  expect(await names('name=SALES')).toEqual(['Sales 2026']);
  expect(await names('query=turn')).toEqual(['Sales 2026']);
  expect(await names('ownerId=someone')).toEqual(['costs']);
  expect(await names('notOwnerId=someone')).toEqual(['Sales 2026', 'private']);
  expect(await names(`id=${two.id}`)).toEqual(['costs']);
  expect(await names(`resourceType=app&resourceId=${one.resourceId}`)).toEqual(['Sales 2026']);
  expect(await names(`resourceType=app&resourceIds=${one.resourceId},${two.resourceId}`)).toHaveLength(2);
  tenant.removeSpace(other.id);
});

test('sorts by name and times, both ways', async () => {
  tenant.setItems(0);
  tenant.addApp({ name: 'b', createdAt: 1, updatedAt: 30 });
  tenant.addApp({ name: 'a', createdAt: 3, updatedAt: 20 });
  tenant.addApp({ name: 'c', createdAt: 2, updatedAt: 10 });
  expect(await names('')).toEqual(['b', 'c', 'a']);
  expect(await names('sort=%2BcreatedAt')).toEqual(['b', 'c', 'a']);
  expect(await names('sort=-createdAt')).toEqual(['a', 'c', 'b']);
  expect(await names('sort=name')).toEqual(['a', 'b', 'c']);
  expect(await names('sort=-name')).toEqual(['c', 'b', 'a']);
  expect(await names('sort=%2BupdatedAt')).toEqual(['c', 'a', 'b']);
  expect(await names('sort=-recentlyUsed')).toEqual(['b', 'a', 'c']);
});

test('paging over 20,000 items gives each exactly once', async () => {
  tenant.setItems(20_000);
  const { ids, pages } = await walk('limit=100&noActions=true');
  expect(pages).toBe(200);
  expect(ids).toEqual(idsOf(tenant.items));
  expect(new Set(ids).size).toBe(20_000);
});

test('a catalogue has at most 20,000 items', () => {
  for (const count of [20_001, -1, 1.5]) expect(() => tenant.setItems(count)).toThrow(RangeError);
});

test('added and removed apps show at once', async () => {
  const app = tenant.addApp({ name: 'new' });
  expect(await names('name=new')).toEqual(['new']);
  tenant.addApp({ ...app, name: 'newer' });
  expect(await names('name=new')).toEqual(['newer']);
  expect(tenant.removeApp(app.resourceId)).toBe(true);
  expect(tenant.removeApp(app.resourceId)).toBe(false);
  expect(await names('name=new')).toEqual([]);
});

test('fault nextLinkElsewhere names another host in next links', async () => {
  await tenant.setFault('nextLinkElsewhere', true);
  const first = await page('limit=15');
  expect(new URL(first.links.next?.href ?? '').origin).toBe(tenant.aliasUrl);
  const { ids } = await walk('limit=15');
  expect(ids).toEqual(idsOf(tenant.items));
});

test('fault repeatedCursor gives the same page for ever', async () => {
  await tenant.setFault('repeatedCursor', true);
  const first = await page('limit=15');
  const second = await page(nextOf(first) ?? '');
  const third = await page(nextOf(second) ?? '');
  expect(nextOf(second)).toBe(nextOf(first));
  expect(third.data).toEqual(first.data);
});

test('fault emptyPageWithNext puts empty pages between, or gives nothing else', async () => {
  await tenant.setFault('emptyPageWithNext', true);
  const { ids, pages } = await walk('limit=15');
  expect(pages).toBe(4);
  expect(ids).toEqual(idsOf(tenant.items));
  await tenant.setFault('emptyPageWithNext', 'forever');
  expect(await walk('limit=15', 30)).toEqual({ ids: [], pages: 30 });
});

test('fault nextNull ends with null or an empty address', async () => {
  expect((await page('limit=20')).links).not.toHaveProperty('next');
  await tenant.setFault('nextNull', true);
  expect((await page('limit=20')).links.next).toBeNull();
  await tenant.setFault('nextNull', 'emptyHref');
  expect((await page('limit=20')).links.next).toEqual({ href: '' });
  expect((await page('limit=19')).links.next?.href).not.toBe('');
});

test('fault tokenRevoked=nextPage is a 401 on page 2, once', async () => {
  await tenant.setFault('tokenRevoked', 'nextPage');
  const second = nextOf(await page('limit=5')) ?? '';
  expect((await get(second)).status).toBe(401);
  token = await logIn(tenant);
  expect((await get(second)).status).toBe(200);
});
