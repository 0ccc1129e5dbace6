import { expect, test } from 'vitest';
import { PATHS } from './api.ts';
import { useLab } from './lab.ts';
import { World } from './world.ts';

const lab = useLab({ values: { watchLabelSelector: 'team=finance' } });

test('a server that has lost the label by which it is watched keeps its apps', async () => {
  await using world = await World.create(lab());
  await world.createSecret();
  await world.createTrust();
  const label = (team: string | null) =>
    lab().api.patch(`${PATHS.servers(world.namespace)}/qlik`, { metadata: { labels: { team } } });
  await world.createServer({ appSync: { enabled: true, removalGrace: '0s' } });
  await label('finance');
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  const before = await world.apps();
  expect(before.length).toBe(2);

  await label('sales');
  const asksForIt = () =>
    lab()
      .account.requests()
      .some(
        ({ verb, objectRef }) =>
          verb === 'get' && objectRef?.resource === 'qlikservers' && objectRef.name === 'qlik',
      );
  await expect.poll(asksForIt, { timeout: 15_000 }).toBe(true);
  await label('finance');
  await world.syncNow();
  expect(await world.apps()).toEqual(before);

  await world.remove();
  await expect.poll(async () => (await world.apps()).length, { timeout: 15_000 }).toBe(0);
});
