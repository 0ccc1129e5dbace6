import { setTimeout as delay } from 'node:timers/promises';
import { lastRevision } from '../../controlplane/history.ts';
import type { ControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { say } from '../../demo/console.ts';
import { Random } from '../random.ts';
import type { Cell } from './cell.ts';
import { Kills } from './kill-points.ts';
import { raiseStage, type Stage } from './stage.ts';
import type { Users } from './users.ts';

/** Milliseconds that a run may take longer, until somebody was killed at each write. */
const EXTRA = 120_000;
/** Milliseconds until all have had their turn, once it is quiet. */
const SETTLE = 180_000;

/** What happened in a run, beside what the observer has seen. */
class Events {
  readonly kills = new Kills();
  readonly overshoots = new Set<string>();
  crashes = 0;
}

/**
 * The gate in real processes: users who start, stop and change executions at two servers and more, whose operators are
 * killed at each of their writes, frozen and cut off, while the API server crashes now and then. Gives what was wrong.
 */
export async function gateChaos(seed: number, minutes: number): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const stage = await raiseStage(parts, seed);
  const { controlPlane, observer, cells, crowds } = stage;
  say(`${cells.length} pairs of operators are there; trouble begins`);
  const events = new Events();
  await trouble(stage, events, { seed, minutes });
  say('quiet again; all have their turn');
  await Promise.all(crowds.map((crowd) => crowd.quieten()));
  const stuck = await settle(crowds);
  const last = await lastRevision(controlPlane);
  await until('all was observed', () => observer.revision >= last);
  await countOvershoots(cells, events);

  const { kills, overshoots, crashes } = events;
  say(`${kills.total} operators were killed: ${kills.summary}`);
  say(`the API server crashed ${crashes} times; ${observer.summary}`);
  return [
    ...observer.violations,
    ...stuck.map((what) => `stuck: ${what}`),
    ...kills.missing.map((point) => `nobody was killed ${point}`),
    ...[...overshoots].map((line) => `an operator has counted ${line}`),
    ...cells.flatMap(({ replicas }) => replicas.flatMap((replica) => replica.faults())),
  ];
}

/** All at once, until it is over. */
async function trouble(
  { controlPlane, cells, crowds }: Stage,
  events: Events,
  { seed, minutes }: { readonly seed: number; readonly minutes: number },
): Promise<void> {
  const { kills } = events;
  const end = Date.now() + minutes * 60_000;
  const isOver = () => Date.now() > end && (kills.missing.length === 0 || Date.now() > end + EXTRA);
  await Promise.all([
    ...cells.map((cell, index) => cell.suffer(isOver, kills, new Random(seed, 'kills', index))),
    ...crowds.map((crowd, index) => act(crowd, isOver, new Random(seed, 'pace', index))),
    crash(controlPlane, isOver, { events, random: new Random(seed, 'crashes') }),
    watchOvershoots(cells, isOver, events),
  ]);
}

async function act(crowd: Users, isOver: () => boolean, random: Random): Promise<void> {
  while (!isOver()) {
    await crowd.act();
    await delay(random.between(50, 400));
  }
}

async function crash(
  controlPlane: ControlPlane,
  isOver: () => boolean,
  { events, random }: { readonly events: Events; readonly random: Random },
): Promise<void> {
  while (!isOver()) {
    await delay(random.between(20_000, 40_000));
    if (isOver()) return;
    await controlPlane.killApiServer();
    await delay(random.between(0, 2_000));
    await controlPlane.restartApiServer();
    events.crashes += 1;
  }
}

async function watchOvershoots(cells: readonly Cell[], isOver: () => boolean, events: Events): Promise<void> {
  while (!isOver()) {
    await countOvershoots(cells, events);
    await delay(500);
  }
}

async function countOvershoots(cells: readonly Cell[], { overshoots }: Events): Promise<void> {
  for (const cell of cells) for (const line of await cell.overshoots()) overshoots.add(line);
}

/** Waits until nobody is left; gives those who are. */
async function settle(crowds: readonly Users[]): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const look = async () => {
    left = (await Promise.all(crowds.map((crowd) => crowd.unfinished()))).flat();
    return left.length === 0;
  };
  await until('all have had their turn', look, { deadlineMs: SETTLE, everyMs: 500 }).catch(() => {});
  return left;
}
