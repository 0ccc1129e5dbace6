import { expect, test } from 'vitest';
import { expectGolden, masked } from './golden.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { World } from './world.ts';

/** One that does not stream the initial state, as before 1.34: the operator lists then, and needs the right to. */
const lab = useLab({ apiServerArgs: ['--feature-gates=WatchList=false'] });
const SOON = { timeout: 15_000 };

test.each([
  ['healthy', {}, 'True', 'ChecksPassed'],
  ['broken', { certificateRejected: true }, 'False', 'ClientCertificateRejected'],
] as const)('kubectl shows a server that is %s', async (name, faults, status, reason) => {
  await using world = await World.create(lab(), { faults });
  await world.createSecret();
  await world.createTrust();
  await world.createServer({ displayName: 'Finance' }, name);
  await world.seeReady(status, reason, name);
  await world.seeEvents([status === 'True' ? 'Normal Connected' : 'Warning NeedsAttention'], name);

  await expect.poll(() => category(world), SOON).toMatch(/qlikapps.*qlikservers/su);
  expectGolden(`${name}-get`, await shown(world, 'get', 'qlikservers'));
  expectGolden(`${name}-get-wide`, await shown(world, 'get', 'qlik', '--output=wide'));
  expectGolden(`${name}-describe`, await shown(world, 'describe', 'qs', name));
});

test('kubectl shows the published apps of a server', async () => {
  await using world = await World.withServer(lab(), { wishes: { appSync: { enabled: true } } });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  const [gone] = world.site.publishedApps;
  world.site.removeApp(gone?.id ?? '');
  await world.requestSync('gone');
  await world.see('the echo', ({ status }) => status?.lastHandledSyncAt === 'gone');
  await expect.poll(() => category(world), SOON).toMatch(/qlikapps.*qlikservers/su);
  expectGolden('apps-get', await shown(world, 'get', 'qlik'));
  expectGolden('apps-get-wide', await shown(world, 'get', 'qapp', '--output=wide'));
  expectGolden('apps-describe', await shown(world, 'describe', 'qapp'));
});

/** What kubectl knows of the category; the API server tells of new kinds a moment after it serves them. */
async function category(world: World): Promise<string> {
  return (await world.kubectl('api-resources', '--categories=qlik', '--output=name')).stdout;
}

async function shown(world: World, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await world.kubectl(...args);
  expect(stderr).toBe('');
  return stdout;
}

test('the mask hides what differs from run to run, and nothing else', () => {
  expect(masked('qlik   True   https://localhost:31234/kpi   0s   2m3s   9y12d   12 apps')).toBe(
    'qlik   True   https://localhost:PORT/kpi   AGE   AGE   AGE   12 apps',
  );
  expect(masked('    Message:  no age of 5s here')).toBe('    Message:  no age of 5s here');
});

searchForSecrets(lab);
