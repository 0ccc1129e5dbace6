import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeeper, type Keeper } from '../../controlplane/processes.ts';
import { responderProgram } from '../programs.ts';
import { Responder } from './responder.ts';

const APPS = 250;

interface Table {
  readonly columnNames: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

let keeper: Keeper;
let responder: Responder;
let agent: Agent;

beforeAll(async () => {
  await responderProgram();
  keeper = await openKeeper();
  responder = await Responder.start(keeper, 'responder', [`--apps=${APPS}`]);
  const [ca, cert, key] = (['ca.crt', 'tls.crt', 'tls.key'] as const).map((name) => responder.file(name));
  agent = new Agent({ connect: { ca: ca!, cert: cert!, key: key! } });
});

afterAll(async () => {
  await agent.close();
  await keeper.stop();
});

async function ask(method: 'GET' | 'POST', path: string): Promise<{ status: number; body: unknown }> {
  const url = `https://localhost:${responder.site.repositoryPort}${path}`;
  const { statusCode, body } = await request(url, {
    method,
    dispatcher: agent,
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  return { status: statusCode, body: await body.json() };
}

async function page(query: string): Promise<Table> {
  const { status, body } = await ask('POST', `/qrs/app/table?filter=published%20eq%20true&${query}`);
  expect(status).toBe(201);
  return body as Table;
}

/** A column of all apps, in the order of the table. */
async function column(name: string): Promise<unknown[]> {
  const { columnNames, rows } = await page('sortColumn=id&orderAscending=true&skip=0&take=1000');
  return rows.map((row) => row[columnNames.indexOf(name)]);
}

test('pages fit together in the order of the ids', async () => {
  const pages = await Promise.all([
    page('sortColumn=id&skip=0&take=200'),
    page('sortColumn=id&skip=199&take=201'),
  ]);
  const [first, second] = pages.map(({ rows }) => rows.map(([id]) => id)) as [string[], string[]];
  expect([first.length, second.length]).toEqual([200, 51]);
  expect(second[0]).toBe(first.at(-1));
  const all = [...first, ...second.slice(1)];
  expect(all).toEqual([...new Set(all)].sort());
  expect(await page('sortColumn=id&skip=250&take=201')).toMatchObject({ rows: [] });
});

test('the count is that of the rows, and every stream is listed', async () => {
  expect(await ask('GET', '/qrs/app/count?filter=published')).toEqual({ status: 200, body: { value: APPS } });
  const { body } = await ask('GET', '/qrs/stream');
  const streams = (body as { name: string }[]).map(({ name }) => name);
  expect(new Set(await column('streamName'))).toEqual(new Set(streams));
});

test('a change modifies as many apps as told, and nothing else', async () => {
  const [ids, modified] = [await column('id'), await column('modifiedDate')];
  await responder.changeApps(3);
  const changed = await column('modifiedDate');
  expect(changed.filter((time, index) => time !== modified[index])).toHaveLength(3);
  expect(await column('id')).toEqual(ids);
  expect(await page('sortColumn=publishTime&orderAscending=false&skip=0&take=1')).toMatchObject({
    columnNames: ['publishTime'],
    rows: [[expect.stringMatching(/^2025-/u)]],
  });
  await expect(responder.changeApps(APPS + 1)).rejects.toThrow('has not 251 apps');
});
