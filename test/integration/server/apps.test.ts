import { describe, expect, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import { PATHS } from './api.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { conditionOf, shortly } from './conditions.ts';
import { type Wishes, World } from './world.ts';

const lab = useLab();

/** Only when asked for; what is gone is removed at once. */
const SYNC = { enabled: true, interval: '1h', removalGrace: '0s' };
const SEEDS = ['Customer Experience [Telco]', "Finance: O'Brien & Sons"];

async function synced(appSync: Wishes['appSync'] = {}): Promise<World> {
  const world = await World.withServer(lab(), { wishes: { appSync: { ...SYNC, ...appSync } } });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  return world;
}

const idOf = ({ site }: World, name: string) => site.apps.find((app) => app.name === name)?.id ?? '';
const verdict = (server: QlikServer) => shortly(server)['AppsSynced'];

/** Name, uid and version of each QlikApp. */
const versions = async (world: World) =>
  (await world.apps()).map(({ metadata: { name, uid, resourceVersion } }) => [name, uid, resourceVersion]);

/** The requests of the operator that have written QlikApps of this namespace. */
const writes = ({ namespace }: World) =>
  lab()
    .account.requests()
    .filter(({ objectRef }) => objectRef?.resource === 'qlikapps' && objectRef.namespace === namespace)
    .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));

describe.concurrent('published apps', () => {
  test('become QlikApps once the server is Connected', async () => {
    await using world = await synced();
    const server = await world.read();
    const { uid } = server.metadata;
    const [first, second, ...others] = await world.apps();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      metadata: {
        name: 'qlik.5a94e3e9-157c-4ec2-8e65-f0a427290d14',
        labels: { 'kpimailer.io/qlik-server': 'qlik' },
        ownerReferences: [{ kind: 'QlikServer', name: 'qlik', uid, controller: true }],
      },
      app: {
        name: 'Customer Experience [Telco]',
        publishedIn: { kind: 'Stream', name: 'Marketing' },
        lastReloadAt: '2025-10-09T04:12:10Z',
        owner: 'CORP\\jane',
        size: 1_489_330,
      },
    });
    // A site writes the year 1753 where there was no reload.
    expect(second?.app).not.toHaveProperty('lastReloadAt');
    expect(server.status?.appSync).toMatchObject({ apps: 2, added: 2, changed: 0, removed: 0 });
    expect(shortly(server)['Ready']).toBe('True/ChecksPassed');
    expect(await world.columns()).toMatchObject({ APPS: 2 });
    await world.seeEvents(['Normal Connected', 'Normal AppsChanged']);
  });

  test('that have not changed are never written', async () => {
    await using world = await synced({ interval: '1s' });
    const before = await versions(world);
    const written = writes(world).length;
    const status = (await world.read()).metadata.resourceVersion;
    const listings = world.site.requests('GET /qrs/stream');
    await until('three syncs more', () => world.site.requests('GET /qrs/stream') >= listings + 3);
    expect(await versions(world)).toEqual(before);
    expect(writes(world).length).toBe(written);
    // Nor is the status, whose times alone are others.
    expect((await world.read()).metadata.resourceVersion).toBe(status);
  });

  test('are written where they have changed, and there alone', async () => {
    await using world = await synced();
    const [, second] = await versions(world);
    world.site.updateApp(idOf(world, SEEDS[0]!), { name: 'Renamed' });
    const server = await world.syncNow();
    expect(server.status?.appSync).toMatchObject({ apps: 2, added: 0, changed: 1, removed: 0 });
    expect((await versions(world))[1]).toEqual(second);
    expect(await world.appNames()).toEqual([SEEDS[1], 'Renamed']);
  });

  test('are found where somebody has published one, without being asked', async () => {
    await using world = await synced({ interval: '1s' });
    world.site.publishApp(idOf(world, 'Draft'));
    await until('the draft', async () => (await world.appNames()).includes('Draft'));
    expect((await world.read()).status?.lastHandledSyncAt).toBeUndefined();
  });
});

describe.concurrent('an app that is gone', () => {
  test('is marked for as long as its grace is, unless it comes back', async () => {
    await using world = await synced({ removalGrace: '1h' });
    const id = idOf(world, SEEDS[0]!);
    world.site.updateApp(id, { published: false });
    const from = Math.floor(Date.now() / 1000) * 1000;
    const server = await world.syncNow();
    expect(server.status?.appSync).toMatchObject({ apps: 2, changed: 1, removed: 0 });
    const since = async () => (await world.apps())[0]?.app.missingSince;
    const first = await since();
    expect(Date.parse(first ?? '')).toBeGreaterThanOrEqual(from);
    const columns = await lab().api.columns(`${PATHS.apps(world.namespace)}/qlik.${id}`);
    expect(columns).toMatchObject({ APP: SEEDS[0], IN: 'Marketing' });
    expect(columns['MISSING']).toMatch(/^\d+[ms]/u);

    const marked = await versions(world);
    await world.syncNow();
    expect([await since(), await versions(world)]).toEqual([first, marked]);

    world.site.updateApp(id, { published: true });
    await world.syncNow();
    expect(await since()).toBeUndefined();
    expect((await versions(world)).map(([, uid]) => uid)).toEqual(marked.map(([, uid]) => uid));
  });

  test('is removed once its grace is over', async () => {
    await using world = await synced({ removalGrace: '1h' });
    world.site.removeApp(idOf(world, SEEDS[0]!));
    await world.syncNow();
    expect((await world.apps()).length).toBe(2);
    await world.edit({ appSync: { removalGrace: '1s' } });
    await until('the end of its grace', async () => {
      await world.syncNow();
      return (await world.apps()).length === 1;
    });
    expect(await world.appNames()).toEqual([SEEDS[1]]);
  });

  test('is removed at once where there is no grace', async () => {
    await using world = await synced();
    world.site.removeApp(idOf(world, SEEDS[0]!));
    const server = await world.syncNow();
    expect(server.status?.appSync).toMatchObject({ apps: 1, added: 0, changed: 0, removed: 1 });
    expect(await world.appNames()).toEqual([SEEDS[1]]);
  });
});

describe.concurrent('what others do to QlikApps', () => {
  test('is put right with the next sync', async () => {
    await using world = await synced();
    const [first, second] = await world.apps();
    const [edited, deleted] = [first!.metadata.name, second!.metadata.name];
    await world.editApp(edited, {
      metadata: { labels: { 'kpimailer.io/published-in-id': 'x', team: 'sales' }, ownerReferences: [] },
      app: { name: 'Edited', missingSince: '2026-01-01T00:00:00Z' },
    });
    await world.removeApp(deleted);
    await lab().api.create(PATHS.apps(world.namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikApp',
      metadata: { name: 'made-by-hand', labels: { 'kpimailer.io/qlik-server': 'qlik' } },
      app: { id: 'x', name: 'By hand', publishedIn: { kind: 'Stream', id: 'x', name: 'x' } },
    });
    const server = await world.syncNow();
    expect(server.status?.appSync).toMatchObject({ apps: 2, added: 1, changed: 1, removed: 1 });
    const [after, made] = await world.apps();
    expect(after?.app).toEqual(first?.app);
    expect(after?.metadata).toMatchObject({
      uid: first?.metadata.uid,
      labels: { ...first?.metadata.labels, team: 'sales' },
      ownerReferences: first?.metadata.ownerReferences,
    });
    expect(made?.app).toEqual(second?.app);
  });

  test('is put right as well if they have taken the label by which it is found', async () => {
    await using world = await synced();
    const [first] = await world.apps();
    await world.editApp(first!.metadata.name, { metadata: { labels: { 'kpimailer.io/qlik-server': null } } });
    expect((await world.apps()).length).toBe(1);
    expect(verdict(await world.syncNow())).toBe('True/AppsSynced');
    const [after] = await world.apps();
    expect([after?.app, after?.metadata.uid]).toEqual([first?.app, first?.metadata.uid]);
  });

  test('may be to allow no more of them, and then the rest is written when they do', async () => {
    await using world = await World.create(lab());
    lab().expectRefusals({ namespace: world.namespace });
    const name = 'count/qlikapps.kpimailer.io';
    const quotas = `/api/v1/namespaces/${world.namespace}/resourcequotas`;
    await lab().api.create(quotas, { metadata: { name: 'few' }, spec: { hard: { [name]: '1' } } });
    const status = { hard: { [name]: '1' }, used: { [name]: '0' } };
    await lab().api.patch(`${quotas}/few/status`, { status });
    await world.createSecret();
    await world.createTrust();
    await world.createServer({ appSync: SYNC });
    const server = await world.seeCondition('AppsSynced', 'False', 'AppsNotWritten');
    expect(conditionOf(server, 'AppsSynced')?.message).toContain('exceeded quota: few');
    expect(shortly(server)['Ready']).toBe('True/ChecksPassed');
    expect((await world.apps()).length).toBe(1);
    await world.seeEvents(['Normal Connected', 'Warning AppSyncFailed']);
    await lab().api.delete(`${quotas}/few`);
    await until('the rest', async () => {
      await world.syncNow();
      return (await world.apps()).length === 2;
    });
  });
});

describe.concurrent('a server', () => {
  test('without appSync.enabled keeps its apps as they are', async () => {
    await using world = await synced();
    await world.edit({ appSync: { enabled: false } });
    const disabled = await world.seeCondition('AppsSynced', 'Unknown', 'AppSyncDisabled');
    expect(shortly(disabled)['Ready']).toBe('True/ChecksPassed');
    const before = await versions(world);
    const listings = world.site.requests('GET /qrs/stream');
    world.site.setApps(0);
    await world.requestSync('while disabled');
    await world.request('a check, which is over later');
    const checked = await world.see(
      'the check',
      ({ status }) => status?.lastHandledReconcileAt !== undefined,
    );
    expect(checked.status?.lastHandledSyncAt).toBeUndefined();
    expect([world.site.requests('GET /qrs/stream'), await versions(world)]).toEqual([listings, before]);
    await world.edit({ appSync: { enabled: true } });
    await world.see('the echo', ({ status }) => status?.lastHandledSyncAt === 'while disabled');
    expect(await world.apps()).toEqual([]);
  });

  test('that is suspended keeps its apps as they are', async () => {
    await using world = await synced({ interval: '1s' });
    await world.edit({ suspend: true });
    const suspended = await world.seeCondition('Suspended', 'True', 'Suspended');
    expect(verdict(suspended)).toBe('True/AppsSynced');
    const before = await versions(world);
    const { requests } = world;
    world.site.setApps(0);
    await world.requestSync('while suspended');
    await using other = await synced({ interval: '1s' });
    const listings = other.site.requests('GET /qrs/stream');
    await until('three syncs of another one', () => other.site.requests('GET /qrs/stream') >= listings + 3);
    expect([world.requests, await versions(world)]).toEqual([requests, before]);
    await world.edit({ suspend: false });
    await world.see('the echo', ({ status }) => status?.lastHandledSyncAt === 'while suspended');
    expect(await world.apps()).toEqual([]);
  });

  test('that is deleted takes its apps and its metrics along, and those of no other', async () => {
    await using world = await synced();
    await world.createServer({ appSync: SYNC }, 'other');
    await world.see('apps of the other', ({ status }) => status?.appSync?.apps === 2, 'other');
    const { name, labels } = (await world.apps())[0]!.metadata;
    await lab().api.create(PATHS.apps(world.namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikApp',
      metadata: { name: 'of-nobody', labels },
      app: { id: name, name: 'Of nobody', publishedIn: { kind: 'Stream', id: 'x', name: 'x' } },
    });
    const series = () =>
      lab().operator.series('qlik_server_', `namespace="${world.namespace}"`, 'name="qlik"');
    expect(await series()).toContain(`qlik_server_apps{namespace="${world.namespace}",name="qlik"} 2`);
    await world.remove();
    await until('its apps are gone', async () => (await world.apps()).length === 1);
    expect(await world.appNames()).toEqual(['Of nobody']);
    expect((await world.apps('other')).length).toBe(2);
    await until('its series are gone', async () => (await series()).length === 0);
  });

  test('that is made anew has apps of its own', async () => {
    await using world = await synced();
    await world.remove();
    const { metadata } = await world.createServer({ appSync: SYNC });
    await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    const owners = (await world.apps()).map(({ metadata }) =>
      metadata.ownerReferences?.map(({ uid }) => uid),
    );
    expect(owners).toEqual([[metadata.uid], [metadata.uid]]);
  });
});

test('what is published is visible within two seconds of being asked for, with two hundred apps', async () => {
  await using world = await World.create(lab());
  await world.createSecret();
  await world.createTrust();
  for (let index = 0; index < 198; index += 1) world.site.addApp();
  await world.createServer({ appSync: SYNC });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  const { id } = world.site.addApp({ name: 'Fresh' });
  const asked = Date.now();
  await world.requestSync('now');
  const server = await world.see('the echo', ({ status }) => status?.lastHandledSyncAt === 'now');
  expect(Date.now() - asked).toBeLessThan(2_000);
  expect((await world.apps()).map(({ metadata }) => metadata.name)).toContain(`qlik.${id}`);
  expect(server.status?.appSync).toMatchObject({ apps: 201, added: 1 });
});

describe('across a restart', () => {
  test('nothing is written, and nothing listed before its time', async () => {
    await using world = await synced();
    const before = [await world.read(), await versions(world)];
    const listings = world.site.requests('GET /qrs/stream');
    await lab().restartOperator();
    // Whose first sync is over has been queued behind the others.
    await using late = await synced();
    expect([await world.read(), await versions(world)]).toEqual(before);
    expect(world.site.requests('GET /qrs/stream')).toBe(listings);
    expect((await late.apps()).length).toBe(2);
  });

  test('a server that was made anew meanwhile adopts the apps of its namesake', async () => {
    await using world = await synced();
    const before = await world.apps();
    await lab().operator.end();
    await world.remove();
    const { metadata } = await world.createServer({ appSync: SYNC });
    await lab().startOperator();
    const server = await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    expect(server.status?.appSync).toMatchObject({ apps: 2, added: 0, changed: 2 });
    const after = await world.apps();
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    for (const app of after) expect(app.metadata.ownerReferences).toMatchObject([{ uid: metadata.uid }]);
  });
});

searchForSecrets(lab);
