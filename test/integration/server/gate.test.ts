import { expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { PATHS } from './api.ts';
import { useLab } from './lab.ts';
import { conditionOf, World } from './world.ts';

const lab = useLab();

interface Job {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly suspend: boolean };
}

async function createJob(world: World, name: string): Promise<void> {
  await lab().api.create(PATHS.jobs(world.namespace), {
    metadata: { name, labels: { 'kpimailer.io/qlik-server': 'qlik' } },
    spec: {
      suspend: true,
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'report', image: 'report' }] },
      },
    },
  });
}

async function running(world: World): Promise<string[]> {
  const { items } = await lab().api.get<{ items: Job[] }>(PATHS.jobs(world.namespace));
  return items.filter(({ spec }) => !spec.suspend).map(({ metadata }) => metadata.name);
}

const PATIENCE = { deadlineMs: 30_000, everyMs: 100 };

test('Jobs are admitted in order up to the limit', async () => {
  await using world = await World.withServer(lab(), { wishes: { maxParallelExecutions: 2 } });
  await world.seeReady('True', 'ChecksPassed');
  for (const name of ['a', 'b', 'c']) await createJob(world, name);
  await until('two run', async () => (await running(world)).length === 2, PATIENCE);
  const server = await world.see('RUNNING', ({ status }) => status?.executions?.summary === '2/2 (1 queued)');
  expect(conditionOf(server, 'ExecutionsWithinLimit')?.status).toBe('True');
  expect(await running(world)).toEqual(['a', 'b']);
});
