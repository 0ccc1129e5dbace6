import { expect, inject, test } from 'vitest';
import { installCrds } from '../controlplane/crds.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { Operator } from '../integration/server/operator.ts';
import { conditionOf } from '../integration/server/conditions.ts';
import { World } from '../integration/server/world.ts';
import { OperatorAccount } from '../installation/account.ts';
import { RELEASE } from '../installation/chart.ts';
import { Manifests } from '../installation/manifests.ts';

test('a namespace that nobody has bound says so, and works once the command that it names was run', async () => {
  await using parts = new AsyncDisposableStack();
  const controlPlane = parts.use(await startControlPlane({ binaries: inject('controlPlane').binaries }));
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await installCrds(controlPlane);
  const { bundle, manifests } = inject('installation');
  const account = await OperatorAccount.install({
    controlPlane,
    api,
    manifests: new Manifests(manifests),
    release: RELEASE,
  });
  const operator = await Operator.start(controlPlane.keeper, 'operator', { main: bundle, ...account.pod });
  const world = parts.use(await World.withServer({ controlPlane, api, needles: new Needles() }));

  const server = await world.seeCondition('Configured', 'False', 'SecretAccessDenied');
  const command = /let it: kubectl (.+)$/u.exec(conditionOf(server, 'Configured')?.message ?? '')?.[1];
  const { code, stderr } = await controlPlane.kubectl((command ?? 'no command').split(' '));
  expect(code, stderr).toBe(0);
  const bound = performance.now();
  await world.seeReady('True', 'ChecksPassed');
  console.log(`ready ${Math.round(performance.now() - bound)} ms after it was bound`);
  await operator.end();
});
