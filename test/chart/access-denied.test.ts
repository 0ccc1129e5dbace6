import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { installCrds } from '../controlplane/crds.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { World } from '../integration/server/world.ts';
import { Chart, RELEASE } from './chart.ts';
import { apply, restrictedNamespace } from './cluster.ts';
import { podOf } from './pod.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

test('a namespace that nobody has bound says so, and works once it is bound as the notes say', async () => {
  await using parts = new AsyncDisposableStack();
  const controlPlane = parts.use(await startControlPlane({ binaries: inject('controlPlane').binaries }));
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await apply(controlPlane.kubectl, restrictedNamespace(RELEASE.namespace));
  await installCrds(controlPlane);
  const manifests = await (await Chart.open()).render({ allowLocalTargets: true });
  await apply(controlPlane.kubectl, ...manifests.all);
  const { args, env } = await podOf(manifests, RELEASE, controlPlane);
  const operator = await controlPlane.keeper.start({
    name: 'operator',
    command: process.execPath,
    args: [MAIN, ...args],
    env: { ...process.env, ...env },
  });
  const world = parts.use(await World.withServer({ controlPlane, api, needles: new Needles() }));

  await world.seeCondition('Configured', 'False', 'SecretAccessDenied');
  const name = `${RELEASE.name}-secrets`;
  const { code } = await world.kubectl(
    'create',
    'rolebinding',
    name,
    `--clusterrole=${name}`,
    `--serviceaccount=${RELEASE.namespace}:${RELEASE.name}`,
  );
  expect(code).toBe(0);
  const bound = performance.now();
  await world.seeReady('True', 'ChecksPassed');
  console.log(`ready ${Math.round(performance.now() - bound)} ms after it was bound`);
  await operator.end();
});
