import { describe, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import type { Call } from '../../simulators/http/message.ts';
import type { Faults } from '../../simulators/onpremise/faults.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { conditionOf, shortly } from './conditions.ts';
import { type Wishes, World } from './world.ts';

const lab = useLab();

/** Only when asked for; what is gone is removed at once. */
const SYNC = { enabled: true, interval: '1h', removalGrace: '0s' };
const SEEDS = ['Customer Experience [Telco]', "Finance: O'Brien & Sons"];

/** A server whose apps have been synced once. */
async function synced(appSync: Wishes['appSync'] = {}): Promise<World> {
  const world = await World.withServer(lab(), { wishes: { appSync: { ...SYNC, ...appSync } } });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  return world;
}

/** Likewise with so many apps that they need two pages, of which only two are kept, `A` and `B`. */
async function syncedOfMany(): Promise<World> {
  const world = await World.create(lab());
  for (let index = 0; index < 250; index += 1) world.site.addApp();
  for (const name of ['A', 'B']) world.site.addApp({ name, stream: 'Finance' });
  await world.createSecret();
  await world.createTrust();
  await world.createServer({ appSync: { ...SYNC, publishedIn: ['Finance'] } });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  return world;
}

const idOf = ({ site }: World, name: string) => site.apps.find((app) => app.name === name)?.id ?? '';
const verdict = (server: QlikServer) => shortly(server)['AppsSynced'];
const isPage = ({ url }: Call) => Number(url.searchParams.get('take')) > 1;

describe.concurrent('a listing that does not make up a whole', () => {
  test.each<[string, (world: World) => unknown]>([
    ['apps come', ({ site }) => site.setFault('appsChange', 'inserted')],
    ['apps go', ({ site }) => site.setFault('appsChange', 'removed')],
    [
      'one app comes as another one goes',
      ({ site }) => {
        site.beforeAnswer = (call) => {
          if (!isPage(call) || call.url.searchParams.get('skip') === '0') return;
          site.removeApp(site.publishedApps.find(({ stream }) => stream?.name === 'Marketing')?.id ?? '');
          site.addApp();
        };
      },
    ],
  ])('because %s while it is paged through removes nothing', async (_what, disturb) => {
    await using world = await syncedOfMany();
    world.site.removeApp(idOf(world, 'B'));
    await disturb(world);
    const server = await world.syncNow();
    expect(verdict(server)).toBe('False/ListingIncomplete');
    expect(conditionOf(server, 'AppsSynced')?.message).toMatch(
      /^apps came or went while they were listed; it is tried again, and nothing is removed/u,
    );
    expect(await world.appNames()).toEqual(['A', 'B']);

    world.site.beforeAnswer = () => {};
    await world.site.clearFaults();
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(['A']);
  });

  test.each<[string, Partial<Faults>]>([
    ['ends early', { tableLimit: 1 }],
    ['has rows twice', { rowRepeated: true }],
  ])('because it %s removes nothing, and says how old the list is', async (_what, faults) => {
    await using world = await synced();
    const { lastTime } = (await world.read()).status?.appSync ?? {};
    world.site.removeApp(idOf(world, SEEDS[0]!));
    // Its ID is the first one, so that it is on the first page.
    world.site.addApp({ id: '00000000-0000-4000-8000-000000000000', name: 'Added' });
    await world.site.setFaults(faults);
    const server = await world.syncNow();
    expect(verdict(server)).toBe('False/ListingIncomplete');
    expect(server.status?.appSync).toMatchObject({ lastTime, apps: 3, added: 1, removed: 0 });
    expect(await world.appNames()).toEqual(['Added', ...SEEDS]);
    await world.seeEvents([
      'Normal Connected',
      'Normal AppsChanged',
      'Normal AppsChanged',
      'Warning AppSyncFailed',
    ]);
  });

  test('because pages are short is put together', async () => {
    await using world = await syncedOfMany();
    world.site.removeApp(idOf(world, 'B'));
    await world.site.setFaults({ tableLimit: 100, notSortable: 'id', countAs: 'integer' });
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(['A']);
  });
});

describe.concurrent('a site', () => {
  test.each<[string, Partial<Faults>, string]>([
    ['answers with pages of the web', { html200: 'repository' }, 'UnexpectedResponse'],
    ['is starting', { repositoryStatus: 503 }, 'UnexpectedResponse'],
    ['counts in words', { countAs: 'text' }, 'UnexpectedResponse'],
    ['is down', { portRefused: true }, 'ConnectionRefused'],
  ])('that %s keeps its apps', async (_what, faults, reason) => {
    await using world = await synced();
    const before = await world.apps();
    await world.site.setFaults(faults);
    const server = await world.syncNow();
    expect(verdict(server)).toBe(`False/${reason}`);
    expect(conditionOf(server, 'AppsSynced')?.message).toMatch(
      /; nothing is removed from the QlikApps meanwhile$/u,
    );
    expect(await world.apps()).toEqual(before);
    // What the checks say is theirs to find out.
    expect(shortly(server)['Ready']).toBe('True/ChecksPassed');
  });

  test.each<[string, Partial<Faults>]>([
    ['loses its role', { noRootAdmin: true }],
    ['is restricted by a rule', { listsFiltered: true }],
    ['sees the older apps alone', { listsFiltered: 'half' }],
  ])('whose account %s, between two syncs or in the middle of one, keeps its apps', async (_what, faults) => {
    await using world = await synced();
    world.site.removeApp(idOf(world, SEEDS[1]!));
    await world.site.setFaults(faults);
    expect(verdict(await world.syncNow())).toBe('False/RightsReduced');
    expect(await world.appNames()).toEqual(SEEDS);

    await world.site.clearFaults();
    world.site.beforeAnswer = (call) => {
      if (isPage(call)) void world.site.setFaults(faults);
    };
    expect(verdict(await world.syncNow())).toBe('False/RightsReduced');
    expect(await world.appNames()).toEqual(SEEDS);

    world.site.beforeAnswer = () => {};
    await world.site.clearFaults();
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual([SEEDS[0]]);
  });

  test('that is really empty has no QlikApps any more', async () => {
    await using world = await synced();
    world.site.setApps(0);
    const server = await world.syncNow();
    expect(verdict(server)).toBe('True/NoAppsVisible');
    expect(server.status?.appSync).toMatchObject({ apps: 0, removed: 2 });
    expect(await world.apps()).toEqual([]);
  });

  test('is not listed while its account is not proved, and is once it is', async () => {
    await using world = await World.withServer(lab(), {
      faults: { noRootAdmin: true },
      wishes: { appSync: SYNC },
    });
    await world.seeReady('False', 'MissingRole');
    const saysWhy = (server: QlikServer) =>
      conditionOf(server, 'AppsSynced')?.message === 'not run, as RootAdmin is not True';
    expect(verdict(await world.see('why', saysWhy))).toBe('Unknown/NotRun');
    expect(world.site.requests('POST /qrs/app/table')).toBe(0);
    await world.site.clearFaults();
    await world.request('now');
    await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    expect(await world.appNames()).toEqual(SEEDS);
  });

  test('is listed anew when the contents of the Secret are others', async () => {
    await using world = await synced();
    const listings = world.site.requests('GET /qrs/stream');
    await world.replaceSecret({ pfx: world.site.clientPfxLegacy });
    await until('another listing', () => world.site.requests('GET /qrs/stream') > listings);
    expect(verdict(await world.read())).toBe('True/AppsSynced');
  });
});

describe.concurrent('a stream', () => {
  test('that is kept alone keeps its apps alone', async () => {
    await using world = await synced();
    world.site.publishApp(idOf(world, SEEDS[1]!), 'Finance');
    await world.edit({ appSync: { publishedIn: ['Finance', 'Nowhere'] } });
    const unknown = await world.syncNow();
    expect(verdict(unknown)).toBe('False/PublishedInNotFound');
    expect(conditionOf(unknown, 'AppsSynced')?.message).toMatch(
      /^spec\.appSync\.publishedIn names no stream of the server: "Nowhere"; correct it/u,
    );
    expect(await world.appNames()).toEqual(SEEDS);

    await world.edit({ appSync: { publishedIn: ['Finance'] } });
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    const [kept, ...others] = await world.apps();
    expect([kept?.app.name, others]).toEqual([SEEDS[1], []]);
    const { stream } = world.site.publishedApps.find(({ name }) => name === SEEDS[1]) ?? {};
    expect(kept).toMatchObject({
      metadata: { labels: { 'kpimailer.io/published-in-id': stream?.id } },
      app: { publishedIn: { kind: 'Stream', id: stream?.id, name: 'Finance' } },
    });

    await world.edit({ appSync: { publishedIn: [] } });
    await world.syncNow();
    expect(await world.appNames()).toEqual(SEEDS);
  });
});

searchForSecrets(lab);
