import { expect, test } from 'vitest';
import { QlikAppApi } from '../../../test/fakes/qlikapp-api.ts';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { ApiRequest } from '../../kubernetes/rest.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { AppWriter } from './app-writer.ts';
import { Orphans } from './orphans.ts';
import { desiredApp } from './record.ts';
import { WriteBudget } from './write-budget.ts';

const KEY = 'kpi/finance';
const { signal } = new AbortController();

/** A namespace with an app of each of these servers, by uid, and perhaps a server that is still there. */
async function namespaceWith({ servers, alive }: { servers: readonly string[]; alive?: string }) {
  const api = new QlikAppApi();
  const rest: ApiClient = {
    request: async <T>(request: ApiRequest) => {
      if (!request.path.endsWith('/qlikservers/finance')) return api.client.request<T>(request);
      if (alive === undefined) throw new ApiError(404, 'NotFound', 'gone');
      return exampleServer({}, { metadata: { uid: alive } }) as T;
    },
  };
  const writer = new AppWriter(rest);
  for (const uid of servers) {
    const server = exampleServer({}, { metadata: { uid } });
    const publishedIn = { kind: 'Stream', id: 's', name: 'S' } as const;
    const rest = { publishedAt: 0, modifiedAt: 0, lastReloadAt: 0, owner: 'o', description: 'd', size: 1 };
    await writer.put(
      server,
      desiredApp(server, { id: `of-${uid}`, name: uid, publishedIn, ...rest }),
      undefined,
    );
  }
  api.writes.length = 0;
  const orphans = new Orphans({ rest, writer, budget: new WriteBudget(1000) });
  return { api, orphans, left: () => [...api.objects.values()].map(({ app }) => app.name) };
}

test('the apps of a server that is gone are removed, and of no other of its name', async () => {
  const { orphans, left } = await namespaceWith({ servers: ['gone', 'gone-too', 'new'], alive: 'new' });
  orphans.add(KEY, 'gone');
  orphans.add(KEY, 'gone-too');
  await orphans.remove(KEY, signal);
  expect(left()).toEqual(['new']);
});

test('the apps of a server that is out of sight alone stay', async () => {
  const { orphans, left, api } = await namespaceWith({ servers: ['unlabelled'], alive: 'unlabelled' });
  orphans.add(KEY, 'unlabelled');
  await orphans.remove(KEY, signal);
  expect([left(), api.writes]).toEqual([['unlabelled'], []]);
});

test('an app that nobody owns, or another object too, is judged by its owners', async () => {
  const { api, orphans, left } = await namespaceWith({ servers: ['a', 'b'] });
  api.edit('finance.of-a', (app) => ({ ...app, metadata: { ...app.metadata, ownerReferences: undefined } }));
  orphans.add(KEY, 'b');
  await orphans.remove(KEY, signal);
  expect(left()).toEqual(['a']);
});

test('nothing is asked while no server is gone, nor once it is done', async () => {
  const { api, orphans } = await namespaceWith({ servers: ['gone'] });
  await orphans.remove(KEY, signal);
  orphans.add('kpi/other', 'gone');
  await orphans.remove(KEY, signal);
  expect(api.writes).toEqual([]);
  orphans.add(KEY, 'gone');
  await orphans.remove(KEY, signal);
  await orphans.remove(KEY, signal);
  expect(api.writes.length).toBe(1);
});

test('what fails is tried again', async () => {
  const { api, orphans, left } = await namespaceWith({ servers: ['gone'] });
  orphans.add(KEY, 'gone');
  api.onWrite = () => {
    throw new ApiError(500, '', 'down');
  };
  await expect(orphans.remove(KEY, signal)).rejects.toMatchObject({ code: 500 });
  api.onWrite = () => {};
  await orphans.remove(KEY, signal);
  expect(left()).toEqual([]);
});
