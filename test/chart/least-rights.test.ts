import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { OperatorAccount } from '../installation/account.ts';
import { apply } from '../installation/apply.ts';
import { Chart, type ReleaseName, type Values } from '../installation/chart.ts';
import { grantedRights, isRefused, rightOf, usedRights } from '../installation/rights.ts';
import { TEST_VALUES } from '../integration/shared-installation.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { Operator } from '../integration/server/operator.ts';
import { World } from '../integration/server/world.ts';

/**
 * Values that let the operator look after a namespace in which the Secret is `client` and the ConfigMap `trust`. That
 * of all namespaces is what the labs use, so that there the whole suite counts.
 */
const WAYS: Readonly<Record<string, (namespace: string) => Values>> = {
  'some-namespaces': (namespace) => ({ watchNamespaces: [namespace] }),
  'by-name': (namespace) => ({
    secretAccess: { mode: 'named', named: [{ namespace, secrets: ['client'], configMaps: ['trust'] }] },
  }),
};

let controlPlane: ControlPlane;
let api: Api;
let chart: Chart;

beforeAll(async () => {
  chart = await Chart.open();
  controlPlane = await startControlPlane({
    binaries: inject('controlPlane').binaries,
    audit: true,
    // Older API servers do not stream the initial state: the operator lists then, and needs the right to.
    extraApiServerArgs: ['--feature-gates=WatchList=false'],
  });
  api = new Api(controlPlane);
});

afterAll(async () => {
  await api?.close();
  await controlPlane?.stop();
});

test.each(Object.entries(WAYS))('%s: what the operator may do is what it does', async (name, valuesFor) => {
  const release: ReleaseName = { name, namespace: name };
  // The CRD comes with the chart, before the namespace of the QlikServer is known.
  await apply(controlPlane.kubectl, ...(await chart.render({}, release)).ofKind('CustomResourceDefinition'));
  await using world = await World.create({ controlPlane, api, needles: new Needles() });
  const values = { ...TEST_VALUES, ...valuesFor(world.namespace), fullnameOverride: name };
  const manifests = await chart.render(values, release);
  const account = await OperatorAccount.install({ controlPlane, api, manifests, release });
  await world.createSecret();
  await world.createTrust();
  await until('QlikServers are served', () =>
    world.createServer().then(
      () => true,
      () => false,
    ),
  );
  const program = { main: inject('installation').bundle, ...account.pod };
  const operator = await Operator.start(controlPlane.keeper, name, program);
  await world.seeReady('True', 'ChecksPassed');
  await until('an event is written', async () => (await world.events()).length > 0);
  expect(await operator.end()).toEqual({ code: 0, signal: null });

  const requests = account.requests();
  expect(requests.filter(isRefused).map(rightOf)).toEqual([]);
  const granted = grantedRights(manifests);
  expect(usedRights(granted, requests)).toEqual(granted);
  await world.remove();
});
