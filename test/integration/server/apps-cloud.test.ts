import { describe, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import type { Call } from '../../simulators/http/message.ts';
import type { Faults } from '../../simulators/cloud/faults.ts';
import type { CloudOptions } from '../../simulators/cloud/tenant.ts';
import type { Json } from './api.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { CloudWorld } from './cloud-world.ts';
import { conditionOf, shortly } from './conditions.ts';

const lab = useLab();

/** Only when asked for; what is gone is removed at once. */
const SYNC = { enabled: true, interval: '1h', removalGrace: '0s' };
const HOUR = 3_600_000;

/** A server whose twelve apps, in three spaces, have been synced once. */
async function synced(appSync: Json = {}, options: CloudOptions = {}): Promise<CloudWorld> {
  const world = await CloudWorld.withServer(lab(), {
    ...options,
    wishes: { appSync: { ...SYNC, ...appSync } },
  });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  return world;
}

const verdict = (server: QlikServer) => shortly(server)['AppsSynced'];
const messageOf = (server: QlikServer) => conditionOf(server, 'AppsSynced')?.message ?? '';
const published = ({ tenant }: CloudWorld) => tenant.publishedApps.map(({ name }) => name).sort();
const missing = async (world: CloudWorld) =>
  (await world.apps())
    .filter(({ app }) => app.missingSince !== undefined)
    .map(({ app }) => app.name)
    .sort();

/** Removes the apps of a space, and tells their names. */
function removeSpace({ tenant }: CloudWorld, name: string): readonly string[] {
  const space = tenant.spaces.find((each) => each.name === name);
  const apps = tenant.publishedApps.filter(({ spaceId }) => spaceId === space?.id);
  for (const { resourceId } of apps) tenant.removeApp(resourceId);
  return apps.map((app) => app.name).sort();
}

const accepting = (world: CloudWorld, hash: string) =>
  world.lab.api.patch(`/apis/kpimailer.io/v1alpha1/namespaces/${world.namespace}/qlikservers/qlik`, {
    metadata: { annotations: { 'kpimailer.io/acceptRemovals': hash } },
  });

const isNextPage = ({ url }: Call) => url.pathname === '/api/v1/items' && url.searchParams.has('next');

describe.concurrent('a tenant', () => {
  test('has a QlikApp for each published app, with its space', async () => {
    await using world = await synced();
    expect(await world.appNames()).toEqual(published(world));
    const [first] = await world.apps();
    const item = world.tenant.items.find(({ resourceId }) => resourceId === first?.app.id);
    const space = world.tenant.spaces.find(({ id }) => id === item?.spaceId);
    expect(first).toMatchObject({
      metadata: { labels: { 'kpimailer.io/published-in-id': space?.id } },
      app: { name: item?.name, publishedIn: { kind: 'Space', id: space?.id, name: space?.name }, size: 2057 },
    });
  });

  test.each<[string, Partial<Faults>]>([
    ['links to another host', { nextLinkElsewhere: true }],
    ['has empty pages', { emptyPageWithNext: true }],
    ['has shorter pages of spaces', { maxSpacesLimit: 10 }],
    ['revokes the token on the way', { tokenRevoked: 'nextPage' }],
  ])('that %s is listed as a whole, and nobody else is asked', async (_what, faults) => {
    await using world = await synced();
    const [gone] = world.tenant.publishedApps;
    world.tenant.removeApp(gone?.resourceId ?? '');
    await world.tenant.setFaults({ pageLimit: 5, ...faults });
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(published(world));
    expect(Object.keys(world.tenant.counters.hosts)).toEqual(['localhost']);
  });

  test.each<[string, string, Partial<Faults>]>([
    ['False/ListingIncomplete', 'a page was listed twice', { repeatedCursor: true }],
    ['False/ListingIncomplete', 'more than 10 pages in a row were empty', { emptyPageWithNext: 'forever' }],
    ['False/UnexpectedResponse', 'unexpected answer of /api/v1/', { html200: true, only: 'items' }],
    ['False/UnexpectedResponse', 'unexpected answer of /api/v1/', { truncatedJson: true, only: 'items' }],
    ['False/ConnectionFailed', 'localhost', { truncatedJson: 'reset', only: 'items' }],
    ['False/ProxyUnavailable', 'HTTP 502', { httpStatus: 502, only: 'items' }],
    ['False/Forbidden', 'the API refuses the OAuth client', { apiForbidden: 'items' }],
    ['False/RateLimited', 'the tenant limits the rate of requests', { rateLimited: 120, only: 'items' }],
  ])('says %s (%s) of %o, and keeps its apps', async (expected, says, faults) => {
    await using world = await synced();
    const before = await world.apps();
    removeSpace(world, 'Finance');
    await world.tenant.setFaults({ pageLimit: 5, ...faults });
    const server = await world.syncNow();
    expect(verdict(server)).toBe(expected);
    expect(messageOf(server)).toContain(says);
    expect(messageOf(server)).toContain('nothing is removed from the QlikApps meanwhile');
    expect(await world.apps()).toEqual(before);
    await world.seeEvents(['Normal Connected', 'Normal AppsChanged', 'Warning AppSyncFailed']);
  });

  test('that limits the rate in the middle of a listing is waited for', async () => {
    await using world = await synced({}, { faults: { pageLimit: 5 } });
    world.tenant.addApp({ name: 'Z' });
    let isLimited = false;
    world.tenant.beforeAnswer = (call) => {
      if (!isNextPage(call)) return;
      isLimited = !isLimited;
      void world.tenant.setFaults({ rateLimited: isLimited ? 1 : 0, only: 'items' });
    };
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(published(world));
  });

  test('that hides an app as others go while it is paged through keeps that app', async () => {
    await using world = await synced({}, { faults: { pageLimit: 5 } });
    const [first] = world.tenant.publishedApps;
    world.tenant.beforeAnswer = (call) => {
      if (isNextPage(call)) world.tenant.removeApp(first?.resourceId ?? '');
    };
    const uids = async () => new Set((await world.apps()).map(({ metadata }) => metadata.uid));
    const before = await uids();
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(expect.arrayContaining(published(world)));
    // The one that is gone was listed before it went.
    await world.syncNow();
    expect(await world.appNames()).toEqual(published(world));
    expect([...(await uids())].filter((uid) => !before.has(uid))).toEqual([]);
  });

  test('of which some spaces are kept keeps no others, and nothing is lost to a wrong name', async () => {
    await using world = await synced({ publishedIn: ['Finance', 'Sales'] });
    const ofSpaces = (...names: readonly string[]) => {
      const spaces = world.tenant.spaces.filter(({ name }) => names.includes(name));
      const ids = new Set(spaces.map(({ id }) => id));
      return world.tenant.publishedApps
        .filter(({ spaceId }) => ids.has(spaceId))
        .map(({ name }) => name)
        .sort();
    };
    expect(await world.appNames()).toEqual(ofSpaces('Finance', 'Sales'));
    await world.edit({ appSync: { publishedIn: ['Finance', 'finance'] } });
    const unknown = await world.syncNow();
    expect(verdict(unknown)).toBe('False/PublishedInNotFound');
    expect(messageOf(unknown)).toContain('names no managed space of the server: "finance"');
    expect(await world.appNames()).toEqual(ofSpaces('Finance', 'Sales'));
    await world.edit({ appSync: { publishedIn: ['Finance'] } });
    await world.syncNow();
    expect(await world.appNames()).toEqual(ofSpaces('Finance'));
  });
});

describe.concurrent('a tenant that shows', () => {
  test('nothing from the start may have nothing, or give no rights', async () => {
    await using world = await CloudWorld.withServer(lab(), {
      faults: { nothingVisible: true },
      wishes: { appSync: SYNC },
    });
    const server = await world.seeCondition('AppsSynced', 'Unknown', 'NoAppsVisible');
    expect(messageOf(server)).toContain('give it the scope admin.apps:read');
  });

  test('nothing any more has lost nothing, and is as before when the rights are back', async () => {
    await using world = await synced();
    await world.tenant.setFault('nothingVisible', true);
    expect(verdict(await world.syncNow())).toBe('Unknown/SuspiciousListing');
    expect(await missing(world)).toEqual(published(world));
    await world.tenant.clearFaults();
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect([await missing(world), await world.appNames()]).toEqual([[], published(world)]);
    // Nobody has failed.
    await world.seeEvents(['Normal Connected', ...Array.from({ length: 3 }, () => 'Normal AppsChanged')]);
  });

  test('less from the middle of a listing on keeps its apps', async () => {
    await using world = await synced({}, { faults: { pageLimit: 5 } });
    world.tenant.beforeAnswer = (call) => {
      if (isNextPage(call)) void world.tenant.setFault('nothingVisible', true);
    };
    expect(verdict(await world.syncNow())).toBe('Unknown/SuspiciousListing');
    expect(await world.appNames()).toEqual(published(world));
  });

  test('a few apps less has lost them', async () => {
    await using world = await synced();
    const [gone] = world.tenant.publishedApps;
    world.tenant.removeApp(gone?.resourceId ?? '');
    const server = await world.syncNow();
    expect(verdict(server)).toBe('True/AppsSynced');
    expect(server.status?.appSync).toMatchObject({ apps: 11, removed: 1 });
    expect(await world.appNames()).toEqual(published(world));
  });

  test('no app of a whole space keeps them until a person says that they are gone', async () => {
    await using world = await synced({ removalGrace: '1h' });
    const gone = removeSpace(world, 'Finance');
    const suspicious = await world.syncNow();
    expect(verdict(suspicious)).toBe('Unknown/SuspiciousListing');
    expect(suspicious.status?.appSync).toMatchObject({ apps: 12, changed: gone.length, removed: 0 });
    expect(await missing(world)).toEqual(gone);
    const [, hash = ''] = /kpimailer\.io\/acceptRemovals=([0-9a-f]{16})$/u.exec(messageOf(suspicious)) ?? [];

    await accepting(world, 'ffffffffffffffff');
    expect(verdict(await world.syncNow())).toBe('Unknown/SuspiciousListing');
    await accepting(world, hash);
    const server = await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    expect(server.status?.appSync).toMatchObject({ apps: 12 - gone.length, removed: gone.length });
    expect(await world.appNames()).toEqual(published(world));
  });

  test('many apps less is believed after a day', async () => {
    await using world = await synced({}, { items: 50 });
    const before = published(world);
    for (const { resourceId } of world.tenant.publishedApps.slice(0, 11)) world.tenant.removeApp(resourceId);
    expect(verdict(await world.syncNow())).toBe('Unknown/SuspiciousListing');
    expect(await world.appNames()).toEqual(before);

    const yesterday = new Date(Date.now() - 25 * HOUR).toISOString();
    for (const { metadata, app } of await world.apps())
      if (app.missingSince !== undefined)
        await world.editApp(metadata.name, { app: { missingSince: yesterday } });
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    expect(await world.appNames()).toEqual(published(world));
  });
});

test('what is suspicious is still so after a restart, and is accepted then', async () => {
  await using world = await synced();
  removeSpace(world, 'Sales');
  const before = await world.syncNow();
  expect(verdict(before)).toBe('Unknown/SuspiciousListing');
  const apps = await world.apps();
  await lab().restartOperator();
  const after = await world.syncNow();
  expect(conditionOf(after, 'AppsSynced')).toEqual(conditionOf(before, 'AppsSynced'));
  expect(await world.apps()).toEqual(apps);
  await lab().restartOperator();
  await accepting(world, messageOf(after).slice(-16));
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  expect(await world.appNames()).toEqual(published(world));
});

searchForSecrets(lab);
