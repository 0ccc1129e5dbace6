import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { AuditEntry } from '../controlplane/audit.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { OperatorAccount } from '../installation/account.ts';
import { Chart, type ReleaseName, type Values } from '../installation/chart.ts';
import { grantedRights, isRefused, type Right, rightOf, usedRights } from '../installation/rights.ts';
import { TEST_VALUES } from '../integration/shared-installation.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { Operator } from '../integration/server/operator.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import { Place } from '../integration/server/place.ts';
import { type Wishes, World } from '../integration/server/world.ts';
import { SERVER_OF_USERS, Users } from './users.ts';

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
  // They come with the chart, before the namespace of the QlikServer is known.
  await applyRelaxedCrds(controlPlane, api);
});

afterAll(async () => {
  await api?.close();
  await controlPlane?.stop();
});

/** The operator with these values, until the server of the world is Ready and an event tells of it. */
async function startOperator(world: World, release: ReleaseName, values: Values): Promise<Installed> {
  const manifests = await chart.render(
    { ...TEST_VALUES, ...values, fullnameOverride: release.name },
    release,
  );
  const account = await OperatorAccount.install({ controlPlane, api, manifests, release });
  const program = { main: inject('installation').bundle, ...account.pod };
  const operator = await Operator.start(controlPlane.keeper, release.name, program);
  await world.seeReady('True', 'ChecksPassed');
  await until('an event is written', async () => (await world.events()).length > 0);
  return { operator, account, granted: grantedRights(manifests) };
}

interface Installed {
  readonly operator: Operator;
  readonly account: OperatorAccount;
  readonly granted: readonly Right[];
}

/** A world whose Secret is `client` and whose ConfigMap `trust`, before there is an operator. */
function worldWith(wishes: Wishes): Promise<World> {
  return World.withServer({ controlPlane, api, needles: new Needles() }, { wishes });
}

/** Ends the operator; what it has asked for, none of which was refused. */
async function requestsOf({ operator, account }: Installed): Promise<AuditEntry[]> {
  expect(await operator.end()).toEqual({ code: 0, signal: null });
  const requests = account.requests();
  expect(requests.filter(isRefused).map(rightOf)).toEqual([]);
  return requests;
}

test('in some namespaces, what the operator may do is what it does', async () => {
  const release = { name: 'some-namespaces', namespace: 'some-namespaces' };
  await using world = await worldWith(SERVER_OF_USERS);
  const elsewhere = await Place.make(world.lab);
  const users = new Users(world, elsewhere);
  await users.arrive();
  const installed = await startOperator(world, release, { watchNamespaces: [world.namespace, elsewhere] });
  await users.seeThatAllAreServed();
  await users.leave(release.namespace);
  const requests = await requestsOf(installed);
  expect(usedRights(installed.granted, requests)).toEqual(installed.granted);
});

test('with Secrets by name, it needs every right that no other installation has', async () => {
  const release = { name: 'by-name', namespace: 'by-name' };
  await using world = await worldWith({ binding: { secretName: 'bound' } });
  await world.addSecret('bound', {});
  const { namespace } = world;
  const named = [{ namespace, secrets: ['client'], configMaps: ['trust'], bindings: ['bound'] }];
  const installed = await startOperator(world, release, { secretAccess: { mode: 'named', named } });
  const requests = await requestsOf(installed);
  // In all namespaces, it has the rights of the labs, where the whole suite counts.
  const own = installed.granted.filter((right) => !inject('installation').granted.includes(right));
  expect(own.length).toBeGreaterThan(0);
  expect(usedRights(own, requests)).toEqual(own);
});
