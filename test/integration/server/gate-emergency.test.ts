import { beforeAll, expect, test } from 'vitest';
import { controlPlaneBinaries } from '../../controlplane/build.ts';
import { startControllerManager } from '../../controlplane/controller-manager.ts';
import { until } from '../../controlplane/until.ts';
import { RELEASE } from '../../installation/chart.ts';
import { PATHS } from './api.ts';
import { Executions, PATIENCE } from './executions.ts';
import { useLab } from './lab.ts';
import type { World } from './world.ts';

/** What docs/executions.md says under "When something is wrong", word for word. */
const lab = useLab({ values: { admissionPolicies: { validate: true } } });

const JANE = ['--as=jane', '--as-group=system:masters'];

beforeAll(async () => {
  const binaries = await controlPlaneBinaries(['kube-controller-manager']);
  await startControllerManager(lab().controlPlane, binaries, ['job', 'garbage-collector']);
});

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
}

interface Ledger {
  readonly metadata: { readonly uid: string };
  readonly ledger: { readonly readyUid?: string; readonly entries: readonly { readonly name: string }[] };
}

/** Where the operator keeps its ledgers. */
const LEDGERS = RELEASE.namespace;

function ledgerOf({ namespace }: World): Promise<Ledger> {
  return lab().api.get<Ledger>(`${PATHS.ledgers(LEDGERS)}/${namespace}.qlik`);
}

/** Names of those who have entries, in alphabetical order. */
async function holdersIn(world: World): Promise<readonly string[]> {
  return (await ledgerOf(world)).ledger.entries.map(({ name }) => name).toSorted();
}

/** Fails as the command does. */
async function kubectl(world: World, ...words: readonly string[]): Promise<void> {
  const { code, stderr } = await world.kubectl(...words);
  if (code !== 0) throw new Error(`kubectl ${words.join(' ')} failed: ${stderr}`);
}

async function podsOf(world: World, job: string): Promise<readonly Pod[]> {
  const selector = `labelSelector=${encodeURIComponent(`batch.kubernetes.io/job-name=${job}`)}`;
  const { items } = await lab().api.get<{ items: Pod[] }>(
    `/api/v1/namespaces/${world.namespace}/pods?${selector}`,
  );
  return items;
}

async function seePod(world: World, job: string): Promise<Pod> {
  await until(`${job} has a pod`, async () => (await podsOf(world, job)).length === 1, PATIENCE);
  return (await podsOf(world, job))[0]!;
}

test('a Job is run by hand while the operator is down, and counted when it is back', async () => {
  const at = await Executions.at(lab(), 1);
  await using world = at.world;
  await at.createJob('admitted');
  await at.seeState('admitted', 'Admitted');
  const pod = await seePod(world, 'admitted');
  await at.createJob('urgent');
  await at.seeState('urgent', 'Queued');
  await lab().operator.end();
  const unsuspend = ['patch', 'job', 'urgent', '--type=merge', `--patch={"spec":{"suspend":false}}`];
  const { stderr } = await world.kubectl(...JANE, ...unsuspend);
  expect(stderr).toContain('is set to false by the operator alone');
  await kubectl(world, ...JANE, '--as-group=kpimailer:break-glass', ...unsuspend);
  await seePod(world, 'urgent');
  await lab().startOperator();
  await at.seeRunning('2/1');
  await world.seeCondition('ExecutionsWithinLimit', 'False', 'OverLimit');
  expect(await podsOf(world, 'admitted')).toMatchObject([{ metadata: { uid: pod.metadata.uid } }]);
});

test('the slot of a pod on a dead node is given on once its Job is deleted and its pod by force', async () => {
  const at = await Executions.at(lab(), 2);
  await using world = at.world;
  for (const job of ['lost', 'other']) {
    await at.createJob(job);
    await at.seeState(job, 'Admitted');
  }
  const { name } = (await seePod(world, 'lost')).metadata;
  await lab().api.create(`/api/v1/namespaces/${world.namespace}/pods/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { kind: 'Node', name: 'dead' },
  });
  for (const job of ['next', 'third']) await at.createJob(job);
  await at.seeState('third', 'Queued');
  await kubectl(world, 'delete', 'job', 'lost');
  const isEnding = async () =>
    (await podsOf(world, 'lost')).some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  await until('its pod is asked to end', isEnding, PATIENCE);
  // Deleted later, and its slot is given on, as no node keeps its pod.
  await kubectl(world, 'delete', 'job', 'other');
  await at.seeState('next', 'Admitted');
  expect(await holdersIn(world)).toEqual(['lost', 'next']);
  await kubectl(world, 'delete', 'pod', name, '--force', '--grace-period=0');
  expect((await at.seeState('third', 'Admitted')).spec.suspend).toBe(false);
  expect(await holdersIn(world)).toEqual(['next', 'third']);
});

test('a ledger that is deleted is filled anew, and nobody is forgotten', async () => {
  const at = await Executions.at(lab(), 1);
  await using world = at.world;
  await at.createJob('runs');
  await at.seeState('runs', 'Admitted');
  await seePod(world, 'runs');
  const { uid } = (await ledgerOf(world)).metadata;
  await kubectl(world, 'delete', 'qlikexecutionledger', `${world.namespace}.qlik`, `--namespace=${LEDGERS}`);
  // It is missed when it is to be written.
  await world.edit({ maxParallelExecutions: 2 });
  await at.createJob('next');
  await at.seeState('next', 'Admitted');
  const { metadata, ledger } = await ledgerOf(world);
  expect(metadata.uid).not.toBe(uid);
  expect(ledger.readyUid).toBe(metadata.uid);
  expect(await holdersIn(world)).toEqual(['next', 'runs']);
});
