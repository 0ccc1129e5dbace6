import { bundleOperator } from '../../../deploy/bundle.ts';
import { controlPlaneBinaries } from '../../controlplane/build.ts';
import { HISTORY_FLAGS, historyOf } from '../../controlplane/history.ts';
import { type ControlPlane, startControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { Api } from '../../integration/server/api.ts';
import { Needles } from '../../integration/server/needles.ts';
import { applyRelaxedCrds } from '../../integration/server/relaxed-crd.ts';
import { Random } from '../random.ts';
import { Cell } from './cell.ts';
import { Observer } from './observer.ts';
import { raiseScenery } from './scenery.ts';
import { Users } from './users.ts';

/** So many pairs of replicas at once, as each death costs its pair some seconds. */
const CELLS = 2;

export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly observer: Observer;
  readonly cells: readonly Cell[];
  /** Of each cell. */
  readonly crowds: readonly Users[];
}

/** All that a run needs, with the gates open; it goes with `parts`. */
export async function raiseStage(parts: AsyncDisposableStack, seed: number): Promise<Stage> {
  const { controlPlane, api } = await raiseControlPlane(parts);
  const crowds: Users[] = [];
  const observer = new Observer((uid) => crowds.some((crowd) => crowd.isWorking(uid)));
  const end = new AbortController();
  const observing = observe(controlPlane, observer, end.signal);
  parts.defer(async () => {
    end.abort();
    await observing;
  });
  const main = await bundleOperator();
  const lab = { controlPlane, api, needles: new Needles() };
  const cells: Cell[] = [];
  for (let index = 0; index < CELLS; index += 1) {
    const cell = parts.use(await Cell.create(lab, index, seed, main));
    const crowd = new Users({ api, world: cell.world, observer, random: new Random(seed, 'users', index) });
    cells.push(cell);
    crowds.push(crowd);
    await crowd.begin();
  }
  const areOpen = () => crowds.every((crowd) => crowd.isGateOpen);
  await until('the gates are open', areOpen, { deadlineMs: 90_000 });
  return { controlPlane, observer, cells, crowds };
}

async function raiseControlPlane(parts: AsyncDisposableStack) {
  const binaries = await controlPlaneBinaries();
  const names = Array.from({ length: CELLS }, (_, index) => Cell.usersOf(index)).flat();
  const users = Object.fromEntries(names.map((name) => [name, ['system:masters']]));
  const controlPlane = parts.use(
    await startControlPlane({ binaries, users, extraApiServerArgs: HISTORY_FLAGS }),
  );
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await applyRelaxedCrds(controlPlane, api);
  await raiseScenery(controlPlane, binaries);
  return { controlPlane, api };
}

async function observe(controlPlane: ControlPlane, observer: Observer, signal: AbortSignal): Promise<void> {
  try {
    for await (const version of historyOf(controlPlane, signal)) observer.take(version, performance.now());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
