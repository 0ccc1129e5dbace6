import { setTimeout as delay } from 'node:timers/promises';
import { say } from '../../demo/console.ts';
import { type LabParts, Place } from '../../integration/server/place.ts';
import { World } from '../../integration/server/world.ts';
import type { Random } from '../random.ts';
import { Replica } from '../replica.ts';
import type { Kills } from './kill-points.ts';
import { trap } from './trap.ts';
import { drawTrouble } from './trouble.ts';
import { CHECKS, MAIN } from './users.ts';

/** Milliseconds for which a kill waits for its moment; then it is another one's turn. */
const PATIENCE = 8_000;

/** Moments that are left when those that are still to come are waited for all at once. */
const FEW = 8;

const FLAGS = [
  '--log-level=info',
  // Short, or most of a run would be waiting for the next leader.
  '--lease-duration=4s',
  '--renew-deadline=3s',
  '--retry-period=500ms',
];

/** A namespace with a site, and two replicas that look after it alone: all that competes for its slots. */
export class Cell implements AsyncDisposable {
  readonly world: World;
  readonly replicas: readonly [Replica, Replica];

  private constructor(world: World, replicas: readonly [Replica, Replica]) {
    this.world = world;
    this.replicas = replicas;
  }

  /** The users of the control plane that its replicas are. */
  static usersOf(index: number): readonly [string, string] {
    return [`a${index}`, `b${index}`];
  }

  static async create(lab: LabParts, index: number, seed: number, main: string): Promise<Cell> {
    const world = await World.create(lab, { namespace: await Place.make(lab) });
    await world.createSecret();
    await world.createTrust();
    await world.createServer({ maxParallelExecutions: 4, checks: CHECKS }, MAIN);
    const { namespace } = world;
    const flags = [...FLAGS, `--watch-namespaces=${namespace}`, `--lease-namespace=${namespace}`];
    const start = (name: string, number: number) =>
      Replica.start(lab.controlPlane, name, seed + number, { main, flags });
    const [a, b] = Cell.usersOf(index);
    return new Cell(world, [await start(a, 2 * index), await start(b, 2 * index + 1)]);
  }

  /**
   * One death after the other, at moments that were met least often, with other trouble beside. Once all were met, the
   * living have time between two deaths: what waits for ten seconds is waited for by one process.
   */
  async suffer(isOver: () => boolean, kills: Kills, random: Random): Promise<void> {
    while (!isOver()) {
      const { wanted } = kills;
      const points = wanted.length > FEW ? wanted.filter(() => random.chance(0.5)) : wanted;
      const trouble = random.chance(0.3) ? drawTrouble(this.replicas, random) : Promise.resolve();
      const death = await trap(this.replicas, points, PATIENCE);
      await trouble;
      if (death === undefined) continue;
      kills.met(death.point);
      say(`${death.replica.name} was killed ${death.point.name}`);
      await delay(random.between(0, 1_500));
      await death.replica.run();
      if (kills.missing.length === 0) await delay(random.between(0, 15_000));
    }
    for (const { proxy } of this.replicas) proxy.repair();
  }

  /** Admissions beyond the limit, as the replicas that run have counted them. */
  async overshoots(): Promise<readonly string[]> {
    const series = this.replicas.map(({ operator }) =>
      operator.series('qlik_gate_overshoot_total').catch(() => []),
    );
    return (await Promise.all(series)).flat().filter((line) => !line.endsWith(' 0'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) await replica.stop();
    await this.world[Symbol.asyncDispose]();
  }
}
