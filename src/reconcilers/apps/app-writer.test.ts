import { describe, expect, test } from 'vitest';
import { QlikAppApi } from '../../../test/fakes/qlikapp-api.ts';
import { exampleServer, NOON } from '../../../test/integration/server/examples.ts';
import type { PublishedApp } from '../../qlik/app-listing.ts';
import { AppWriter } from './app-writer.ts';
import { desiredApp, digestOf } from './record.ts';

const server = exampleServer();
const { signal } = new AbortController();

const listed = (name: string, id = 'app-1'): PublishedApp => ({
  id,
  name,
  publishedIn: { kind: 'Stream', id: 's1', name: 'Finance' },
  publishedAt: NOON,
  modifiedAt: undefined,
  lastReloadAt: undefined,
  owner: undefined,
  description: undefined,
  size: undefined,
});
const wanted = (name: string) => desiredApp(server, listed(name));
const NAME = 'finance.app-1';

/** An API server that has the app under its first name, as the writer knows it. */
async function stored() {
  const api = new QlikAppApi();
  const writer = new AppWriter(api.client);
  const known = await writer.put(server, wanted('First'), undefined);
  api.writes.length = 0;
  return { api, writer, known };
}

const methods = ({ writes }: QlikAppApi) => writes.map(({ method }) => method);

describe('to put an app', () => {
  test('that is known is one patch, bound to the version it is known in', async () => {
    const { api, writer, known } = await stored();
    const put = await writer.put(server, wanted('Second'), known);
    expect(put).toMatchObject({ uid: known.uid, digest: digestOf(wanted('Second')) });
    expect(api.writes).toMatchObject([{ method: 'PATCH', query: { fieldValidation: 'Strict' } }]);
    expect(api.writes[0]?.body).toMatchObject({ metadata: { resourceVersion: known.resourceVersion } });
  });

  test.each<[string, (api: QlikAppApi) => void, boolean, readonly string[]]>([
    ['is there though nobody knew it is patched', () => {}, false, ['POST', 'PATCH']],
    [
      'was changed meanwhile is patched all the same',
      (api) => api.edit(NAME, (app) => ({ ...app, x: 1 })),
      true,
      ['PATCH', 'PATCH'],
    ],
    ['was deleted meanwhile is created', (api) => api.objects.delete(NAME), true, ['PATCH', 'POST']],
  ])('that %s', async (_what, meddle, isKnown, expected) => {
    const { api, writer, known } = await stored();
    meddle(api);
    await writer.put(server, wanted('Second'), isKnown ? known : undefined);
    expect(methods(api)).toEqual(expected);
    expect(api.objects.get(NAME)?.app.name).toBe('Second');
  });

  test('that is overtaken each time is given up after five times', async () => {
    const { api, writer, known } = await stored();
    let number = 0;
    api.onWrite = (_write, when) => {
      if (when === 'before') api.edit(NAME, (app) => ({ ...app, number: (number += 1) }));
    };
    await expect(writer.put(server, wanted('Second'), known)).rejects.toMatchObject({ code: 409 });
    expect(methods(api)).toEqual(Array.from({ length: 5 }, () => 'PATCH'));
  });
});

describe('to mark an app', () => {
  test('says since when, and nothing else', async () => {
    const { api, writer, known } = await stored();
    expect((await writer.mark(server, known, NOON))?.missingSince).toBe(NOON);
    expect(api.objects.get(NAME)?.app).toEqual({
      ...wanted('First').app,
      missingSince: '2026-05-04T12:00:00Z',
    });
  });

  test.each<[string, (api: QlikAppApi) => void]>([
    ['changed', (api) => api.edit(NAME, (app) => ({ ...app, x: 1 }))],
    ['deleted', (api) => api.objects.delete(NAME)],
  ])('that was %s meanwhile is for the next sync', async (_what, meddle) => {
    const { api, writer, known } = await stored();
    meddle(api);
    expect(await writer.mark(server, known, NOON)).toBeUndefined();
    expect(methods(api)).toEqual(['PATCH']);
  });
});

describe('to remove an app', () => {
  test.each<[string, boolean, (api: QlikAppApi) => void]>([
    ['that is there', true, () => {}],
    ['that is gone already', true, (api) => api.objects.delete(NAME)],
    ['that was changed meanwhile', false, (api) => api.edit(NAME, (app) => ({ ...app, x: 1 }))],
    [
      'that was made anew meanwhile',
      false,
      (api) => api.edit(NAME, (app) => ({ ...app, metadata: { ...app.metadata, uid: 'another' } })),
    ],
  ])('%s: %s', async (_what, removed, meddle) => {
    const { api, writer, known } = await stored();
    meddle(api);
    expect(await writer.remove('kpi', known)).toBe(removed);
    expect(api.objects.has(NAME)).toBe(!removed);
  });
});

test('the apps of one server alone are listed, page by page', async () => {
  const api = new QlikAppApi();
  const writer = new AppWriter(api.client);
  for (let index = 0; index < 1001; index += 1)
    await writer.put(server, desiredApp(server, listed(`App ${index}`, `app-${index}`)), undefined);
  const other = exampleServer({}, { metadata: { name: 'sales' } });
  await writer.put(other, desiredApp(other, listed('Of another')), undefined);
  expect((await writer.list(server.metadata, signal)).size).toBe(1001);
  const odd = await writer.list(server.metadata, signal, ({ app }) => app.id.endsWith('1'));
  expect(odd.size).toBe(100);
  expect([...odd.values()].every(({ name, id }) => name === `finance.${id}`)).toBe(true);
});
