import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type AuditEntry, auditEntries } from '../controlplane/audit.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { Api } from '../integration/server/api.ts';
import { Needles } from '../integration/server/needles.ts';
import { World } from '../integration/server/world.ts';
import { Chart, type ReleaseName, type Values } from './chart.ts';
import { apply, restrictedNamespace } from './cluster.ts';
import type { Manifests } from './manifests.ts';
import { podOf } from './pod.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Values that let the operator look after a namespace in which the Secret is `client` and the ConfigMap `trust`. */
const WAYS: Readonly<Record<string, (namespace: string) => Values>> = {
  'all-namespaces': (namespace) => ({ secretAccess: { namespaces: [namespace] } }),
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
  await apply(controlPlane.kubectl, restrictedNamespace(name));
  const needles = new Needles();
  // The CRD comes with the chart, before the namespace of the QlikServer is known.
  await apply(controlPlane.kubectl, ...(await chart.render({}, release)).ofKind('CustomResourceDefinition'));
  await using world = await World.create({ controlPlane, api, needles });
  const values = { ...valuesFor(world.namespace), allowLocalTargets: true, fullnameOverride: name };
  const manifests = await chart.render(values, release);
  await apply(controlPlane.kubectl, ...manifests.all);

  const { args, env } = await podOf(manifests, release, controlPlane);
  const operator = await controlPlane.keeper.start({
    name,
    command: process.execPath,
    args: [MAIN, ...args],
    env: { ...process.env, ...env },
  });
  await world.createSecret();
  await world.createTrust();
  await until('QlikServers are served', () =>
    world.createServer().then(
      () => true,
      () => false,
    ),
  );
  await world.seeReady('True', 'ChecksPassed');
  await until('an event is written', async () => (await world.events()).length > 0);
  await operator.end({ graceMs: 10_000 });
  expect(await operator.exited).toEqual({ code: 0, signal: null });

  const requests = requestsOf(`system:serviceaccount:${name}:${name}`);
  expect(requests.filter(({ responseStatus }) => responseStatus?.code === 403).map(described)).toEqual([]);
  expect([...new Set(requests.map(described))].sort()).toEqual(granted(manifests));
  await world.remove();
});

function requestsOf(user: string): AuditEntry[] {
  return auditEntries(controlPlane).filter(({ user: { username } }) => username === user);
}

/** `verb group/resource`, the group empty for the core. */
function described({
  verb,
  objectRef: { apiGroup = '', resource = '', subresource } = {},
}: AuditEntry): string {
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** All that the roles allow, as `described` has it. */
function granted({ boundRules }: Manifests): string[] {
  const words = boundRules.flatMap(({ rule: { apiGroups, resources, verbs } }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );
  return [...new Set(words)].sort();
}
