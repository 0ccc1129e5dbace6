import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines } from '../../controlplane/log-tail.ts';
import { until } from '../../controlplane/until.ts';
import type { CatalogueStage } from './stage.ts';
import type { CreateOrder, CreateOutcome } from './create-loop.ts';

/** Requests in flight that are tried: fewer leave the API server idle, more only wait. */
const IN_FLIGHT = [4, 8, 16];
const DEADLINE_MS = 600_000;
const PROGRAM = join(import.meta.dirname, 'create-loop.ts');

/**
 * The least time in which objects can be created, measured where the operator is measured. `beginAnew` makes the cluster
 * what it was without them.
 */
export async function measureFloor(
  stage: CatalogueStage,
  objects: Pick<CreateOrder, 'path' | 'bodies'>,
  beginAnew: () => Promise<void>,
): Promise<CreateOutcome> {
  const outcomes: CreateOutcome[] = [];
  for (const inFlight of IN_FLIGHT) {
    await beginAnew();
    await delay(stage.settings.settle * 1000);
    const outcome = await createAll(stage, { ...objects, inFlight });
    stage.say(`  bare loop of ${inFlight}: ${(outcome.wall / 1000).toFixed(1)} s`);
    outcomes.push(outcome);
  }
  return outcomes.reduce((best, each) => (each.wall < best.wall ? each : best));
}

async function createAll(
  { controlPlane, cores }: CatalogueStage,
  order: Omit<CreateOrder, 'access'>,
): Promise<CreateOutcome> {
  const { keeper, url, ca, token } = controlPlane;
  const file = join(keeper.folder, 'create-order.json');
  const whole: CreateOrder = { ...order, access: { url, ca, token } };
  await writeFile(file, JSON.stringify(whole), { mode: 0o600 });
  const loop = await keeper.start({
    name: `create-loop-${order.inFlight}`,
    command: 'taskset',
    args: ['--cpu-list', String(cores.measured), process.execPath, PROGRAM, file],
    env: { PATH: process.env['PATH'] },
  });
  await until('all objects are created', () => loop.exit !== undefined, { deadlineMs: DEADLINE_MS });
  if (loop.exit?.code !== 0) throw new Error(`The loop of ${order.inFlight} failed:\n${lastLines(loop.log)}`);
  return JSON.parse(readFileSync(loop.log, 'utf8')) as CreateOutcome;
}
