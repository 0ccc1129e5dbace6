import { expect, test } from 'vitest';
import { useLab } from './lab.ts';
import { conditionOf, World } from './world.ts';

const lab = useLab();
const SYNC = { enabled: true, interval: '1h', removalGrace: '0s' };

const listed = (world: World) =>
  world.site.apps
    .filter(({ published }) => published)
    .map(({ id }) => `qlik.${id}`)
    .sort();
const stored = async (world: World) => (await world.apps()).map(({ metadata }) => metadata.name).sort();

test('published apps become QlikApps once the server is Connected', async () => {
  await using world = await World.withServer(lab(), { wishes: { appSync: SYNC } });
  const server = await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  expect(await stored(world)).toEqual(listed(world));
  expect(server.status?.appSync).toMatchObject({ apps: 2, added: 2, changed: 0, removed: 0 });
  expect(conditionOf(server, 'Ready')?.status).toBe('True');
});

test('what is published is visible within two seconds of being asked for', async () => {
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
  expect(await stored(world)).toContain(`qlik.${id}`);
  expect(server.status?.appSync).toMatchObject({ apps: 201, added: 1 });
});
