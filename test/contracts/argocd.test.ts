import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CRDS } from '../../src/api/crd.ts';
import { GROUP } from '../../src/api/group.ts';
import { until } from '../controlplane/until.ts';
import { searchForSecrets, useLab } from '../integration/server/lab.ts';
import { World } from '../integration/server/world.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../deploy/argocd');
const snippet = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');

const lab = useLab();
const ANNOTATION = 'argocd.argoproj.io/ignore-resource-updates';
const annotated = async (world: World) =>
  (await world.apps()).map(({ metadata }) => (metadata as { annotations?: object }).annotations);

test('the configuration is about kinds that exist', () => {
  const names = CRDS.map(
    ({ definition }) => (definition as { spec: { names: { kind: string } } }).spec.names,
  );
  const kinds = names.map(({ kind }) => kind);
  const [excluded] = parse(snippet('exclude-qlikapps.yaml')) as { apiGroups: string[]; kinds: string[] }[];
  expect(excluded?.apiGroups).toEqual([GROUP]);
  expect(kinds).toEqual(expect.arrayContaining(excluded?.kinds ?? []));
  const { data } = parse(snippet('ignore-updates.yaml')) as { data: Record<string, string> };
  const prefix = `resource.customizations.ignoreResourceUpdates.${GROUP}_`;
  const ignored = Object.entries(data).filter(([key]) => key.startsWith(prefix));
  expect(ignored.length).toBe(2);
  expect(kinds).toEqual(expect.arrayContaining(ignored.map(([key]) => key.slice(prefix.length))));
  const pointers = ignored.map(([, value]) => (parse(value) as { jsonPointers: string[] }).jsonPointers);
  expect(pointers).toEqual([['/app', '/metadata/labels'], ['/status']]);
});

test('the policy annotates QlikApps as they are created, and the operator leaves it at that', async () => {
  await using world = await World.create(lab());
  const { code, stderr } = await lab().controlPlane.kubectl(['apply', '--filename=-'], {
    input: snippet('annotate-qlikapps.yaml'),
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  await seePolicyAtWork(world);

  await world.createSecret();
  await world.createTrust();
  await world.createServer({ appSync: { enabled: true, interval: '1h' } });
  await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
  const asWanted = world.site.publishedApps.map(() => ({ [ANNOTATION]: 'true' }));
  expect(await annotated(world)).toEqual(asWanted);

  const [renamed] = world.site.publishedApps;
  world.site.updateApp(renamed?.id ?? '', { name: 'Renamed' });
  await world.requestSync('renamed');
  const server = await world.see('the echo', ({ status }) => status?.lastHandledSyncAt === 'renamed');
  expect(server.status?.appSync).toMatchObject({ added: 0, changed: 1, removed: 0 });
  expect(await annotated(world)).toEqual(asWanted);
});

/** The API server compiles a new policy a moment after it was stored. */
async function seePolicyAtWork({ namespace }: World): Promise<void> {
  const app = { id: 'x', name: 'x', publishedIn: { kind: 'Stream', id: 'x', name: 'x' } };
  const probe = { apiVersion: `${GROUP}/v1alpha1`, kind: 'QlikApp', metadata: { name: 'probe' }, app };
  const create = ['create', '--dry-run=server', '--output=yaml', '--filename=-', `--namespace=${namespace}`];
  await until('the policy is at work', async () => {
    const { stdout } = await lab().controlPlane.kubectl(create, { input: JSON.stringify(probe) });
    return stdout.includes(ANNOTATION);
  });
}

searchForSecrets(lab);
