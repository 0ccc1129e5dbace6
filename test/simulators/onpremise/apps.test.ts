import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { NEVER } from './records/app.ts';
import { type OnPremiseSite, startOnPremiseSite } from './site.ts';

let site: OnPremiseSite;
let now = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  site = await startOnPremiseSite({ now: () => now });
});
afterEach(async () => {
  site.resetApps();
  await site.clearFaults();
});
afterAll(() => site.stop());

const asServiceAccount = { headers: { 'x-qlik-user': 'UserDirectory=CORP;UserId=svc_kpi' } };
const asOrdinary = { headers: { 'x-qlik-user': 'UserDirectory=CORP;UserId=jane' } };

function get(path: string, question?: Question): Promise<Answer> {
  return ask(site, site.repositoryPort, `GET /qrs/${path}`, question);
}

async function names(path: string, question?: Question): Promise<readonly string[]> {
  return ((await get(path, question)).json() as { name: string }[]).map(({ name }) => name);
}

interface Table {
  readonly columnNames: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const id = { name: 'id', columnType: 'Property', definition: 'id' };
const name = { name: 'name', columnType: 'Property', definition: 'name' };

function post(query: string, columns: readonly object[] = [id], question?: Question): Promise<Answer> {
  const body = { entity: 'App', columns };
  return ask(site, site.repositoryPort, `POST /qrs/app/table${query}`, { body, ...question });
}

async function rows(query: string, columns?: readonly object[]): Promise<Table['rows']> {
  return ((await post(query, columns)).json() as Table).rows;
}

describe('lists', () => {
  test.each([
    ['published eq true', ['Customer Experience [Telco]', "Finance: O'Brien & Sons"]],
    [`stream.name eq 'marketing'`, ['Customer Experience [Telco]', "Finance: O'Brien & Sons"]],
    [`@Department eq 'Finance'`, ['Customer Experience [Telco]']],
    [`tags.name eq 'kpi'`, ['Customer Experience [Telco]']],
    ['published eq false', ['Draft']],
  ])('%s', async (filter, expected) => {
    const query = `filter=${encodeURIComponent(filter)}`;
    expect(await names(`app?${query}`)).toEqual(expected);
    expect(await names(`app/full?${query}`)).toEqual(expected);
    expect((await get(`app/count?${query}`)).json()).toEqual({ value: expected.length });
    expect(await rows(`?${query}`, [name])).toEqual(expected.map((each) => [each]));
  });

  test('the condensed app is a part of the full one', async () => {
    const [condensed] = (await get('app')).json() as [object];
    const [full] = (await get('app/full')).json() as [object];
    expect(Object.keys(condensed)).toHaveLength(10);
    expect(full).toMatchObject({ ...condensed, privileges: ['read', 'update'] });
    expect(full).toHaveProperty('owner.userId', 'jane');
  });

  test('an app by its id', async () => {
    const { id } = site.addApp({ name: 'One' });
    expect((await get(`app/${id}`)).json()).toMatchObject({ id, name: 'One', schemaPath: 'App' });
    expect((await get('app/00000000-0000-0000-0000-000000000000')).status).toBe(404);
    expect((await get(`app/${id}`, asOrdinary)).status).toBe(403);
    expect(site.requests('GET /qrs/app/{id}')).toBeGreaterThan(1);
  });

  test('ordered by a property', async () => {
    expect(await names('app?orderby=name%20desc')).toEqual([...(await names('app?orderby=name'))].reverse());
    expect((await get('app?orderby=nonsense')).status).toBe(400);
  });

  test('streams', async () => {
    site.addStream('Everything new');
    expect(await names('stream')).toEqual([
      'Everyone',
      'Monitoring apps',
      'Marketing',
      'Finance',
      'Everything new',
    ]);
    expect((await get('stream/full')).json()).toContainEqual(
      expect.objectContaining({ schemaPath: 'Stream' }),
    );
    expect((await get('stream', asOrdinary)).body).toBe('[]');
  });

  test('the license', async () => {
    expect((await get('license')).json()).toMatchObject({ isExpired: false, schemaPath: 'License' });
    await site.setFault('licenseExpired', true);
    expect((await get('license')).json()).toMatchObject({ isExpired: true });
    expect((await get('license', asOrdinary)).status).toBe(403);
  });
});

describe('apps come and go', () => {
  test('add, publish, update and remove', async () => {
    const { id } = site.addApp({ name: 'New', published: false });
    expect((await get(`app/${id}`)).json()).toMatchObject({
      published: false,
      stream: null,
      publishTime: NEVER,
    });
    now += 1000;
    site.publishApp(id, 'Board');
    const time = new Date(now).toISOString();
    expect((await get(`app/${id}`)).json()).toMatchObject({
      published: true,
      publishTime: time,
      stream: { name: 'Board' },
    });
    site.updateApp(id, { name: 'Newer', lastReloadTime: time });
    expect(await names('app')).toContain('Newer');
    const since = encodeURIComponent(new Date(now - 1).toISOString());
    expect(site.removeApp(id)).toBe(true);
    expect(site.removeApp(id)).toBe(false);
    const changes = (await get(`notification/changes?since=${since}&types=App`)).json() as {
      changeType: number;
    }[];
    expect(changes.map(({ changeType }) => changeType)).toEqual([2, 2, 3]);
    expect(() => site.publishApp(id)).toThrow('Unknown app');
  });

  test('an unpublished app may keep its stream', async () => {
    site.addApp({ name: 'Withdrawn', published: false, stream: 'Marketing' });
    expect(await names(`app?filter=${encodeURIComponent(`stream.name eq 'Marketing'`)}`)).toContain(
      'Withdrawn',
    );
    expect(await names('app?filter=published%20eq%20true')).not.toContain('Withdrawn');
  });

  test('20,000 of them, page by page', async () => {
    site.setApps(20_000);
    expect(site.publishedApps).toHaveLength(12_000);
    const seen = new Set<unknown>();
    for (let skip = 0; skip < 12_000; skip += 2000) {
      const page = await rows(`?filter=published%20eq%20true&skip=${skip}&take=2000&sortColumn=id`);
      for (const [each] of page) seen.add(each);
    }
    expect(seen).toEqual(new Set(site.publishedApps.map(({ id }) => id)));
    expect((await get('app')).json()).toHaveLength(20_000);
    expect(() => site.addApp()).toThrow('A site has 0 to 20000 apps, current value is 20001');
  });
});

describe('the table', () => {
  test('columns of all types', async () => {
    const columns = [
      { name: 'stream', columnType: 'Property', definition: 'stream' },
      { name: 'department', columnType: 'Property', definition: '@Department' },
      { name: 'mayRead', columnType: 'Function', definition: `HasPrivilege('read')` },
      { name: 'tagCount', columnType: 'Function', definition: 'Count(tags)' },
      { name: 'privileges', columnType: 'Privileges', definition: 'privileges' },
      { name: 'tags', columnType: 'List', definition: 'tag', list: [name] },
    ];
    const [first] = await rows('?take=1', columns);
    expect(first).toEqual([
      expect.objectContaining({ name: 'Marketing' }),
      ['Finance'],
      true,
      1,
      ['read', 'update'],
      { columnNames: ['name'], rows: [['kpi']], schemaPath: 'Table' },
    ]);
  });

  test('in both directions', async () => {
    const up = await rows('?sortColumn=name&orderAscending=true', [name]);
    expect(up).toEqual([['Customer Experience [Telco]'], ['Draft'], ["Finance: O'Brien & Sons"]]);
    expect(await rows('?sortColumn=name&orderAscending=false', [name])).toEqual([...up].reverse());
    expect(await rows('?sortColumn=name&skip=2&take=5', [name])).toEqual(up.slice(2));
  });

  test.each([
    ['a negative take', '?take=-1', [id], 'Bad Request'],
    ['no columns', '', [], 'Bad Request'],
    ['a name with a space', '', [{ ...id, name: 'i d' }], 'Bad Request'],
    ['an unknown type of column', '', [{ ...id, columnType: 'Formula' }], 'Bad Request'],
    ['an unknown sort column', '?sortColumn=nonsense', [id], 'Invalid sort column'],
    ['a bad filter', '?filter=()', [id], 'Invalid expression'],
  ])('refuses %s', async (_reason, query, columns, text) => {
    const { status, body } = await post(query, columns);
    expect([status, body]).toEqual([400, text]);
  });

  test('must name its type, and be posted', async () => {
    expect((await post('', [id], { body: { entity: 'User', columns: [id] } })).status).toBe(400);
    expect((await get('app/table')).status).toBe(405);
  });

  test('is as filtered as the lists', async () => {
    const { json } = await post('', [id], asOrdinary);
    expect(json()).toMatchObject({ rows: [] });
  });
});

describe('what is not established', () => {
  test('counts as an integer or as text', async () => {
    await site.setFault('countAs', 'integer');
    expect((await get('app/count')).json()).toBe(3);
    await site.setFault('countAs', 'text');
    expect((await get('app/count')).body).toBe('value: 3');
  });

  test('full lists cut off', async () => {
    site.setApps(150);
    await site.setFault('fullLimit', 100);
    expect((await get('app/full')).json()).toHaveLength(100);
    expect((await get('app')).json()).toHaveLength(150);
    expect((await get('app/count')).json()).toEqual({ value: 150 });
  });

  test('publishTime of an unpublished app', async () => {
    const draft = async (): Promise<object | undefined> => ((await get('app/full')).json() as object[])[2];
    expect(await draft()).toHaveProperty('publishTime', NEVER);
    await site.setFault('unpublishedTime', 'null');
    expect(await draft()).toHaveProperty('publishTime', null);
    await site.setFault('unpublishedTime', 'absent');
    expect(await draft()).not.toHaveProperty('publishTime');
  });

  test('lists that are filtered although the role is there', async () => {
    await site.setFault('listsFiltered', true);
    expect((await get('app/count')).json()).toEqual({ value: 3 });
    expect((await get('app/count', asServiceAccount)).json()).toEqual({ value: 2 });
    expect((await get('user/full', asServiceAccount)).body).toContain('"roles":["RootAdmin"]');
  });

  test('lists of which the newer half is hidden', async () => {
    await site.setFault('listsFiltered', 'half');
    expect(await names('app', asServiceAccount)).toEqual((await names('app')).slice(0, 2));
  });

  test('short pages of a table', async () => {
    site.setApps(9);
    const all = await rows('?sortColumn=id');
    await site.setFault('tableLimit', 4);
    expect(await rows('?sortColumn=id&take=8')).toEqual(all.slice(0, 4));
    expect(await rows('?sortColumn=id&skip=2&take=3')).toEqual(all.slice(2, 5));
    expect(await rows('?sortColumn=id&skip=4')).toEqual(all.slice(4, 8));
  });

  test('pages of a table with a row too many', async () => {
    const [first, second] = await rows('?sortColumn=id&take=2');
    await site.setFault('rowRepeated', true);
    expect(await rows('?sortColumn=id&take=2')).toEqual([first, second, second]);
    expect(await rows('?sortColumn=id&skip=3')).toEqual([]);
  });

  test.each(['id', 'publishTime'] as const)('tables that cannot be sorted by %s', async (column) => {
    await site.setFault('notSortable', column);
    expect((await post(`?sortColumn=${column}`)).status).toBe(400);
    expect((await post('?sortColumn=name')).status).toBe(201);
  });

  test('a stream that is gone is not listed', async () => {
    expect(await names('stream')).toContain('Finance');
    site.removeStream('Finance');
    expect(await names('stream')).not.toContain('Finance');
  });

  test('whatever happens before an answer is in it', async () => {
    site.beforeAnswer = ({ segments }) => {
      if (segments[2] === 'count') site.addApp();
    };
    expect((await get('app/count')).json()).toEqual({ value: 4 });
    site.beforeAnswer = () => {};
    expect((await get('app/count')).json()).toEqual({ value: 4 });
  });

  test.each([
    ['inserted', 22, 1],
    ['removed', 18, -1],
  ] as const)('apps %s between pages', async (appsChange, total, shift) => {
    site.setApps(20);
    await site.setFault('appsChange', appsChange);
    const before = site.apps.map(({ id }) => id).sort();
    const pages = [
      await rows('?skip=0&take=8&sortColumn=id'),
      await rows('?skip=8&take=8&sortColumn=id'),
      await rows('?skip=16&take=8&sortColumn=id'),
    ];
    expect(site.apps).toHaveLength(total);
    expect(pages[0]?.flat()).toEqual(before.slice(0, 8));
    expect(pages[1]?.flat()).toEqual(before.slice(8 - shift, 16 - shift));
  });
});
