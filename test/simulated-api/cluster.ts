import { Random } from '../chaos/random.ts';
import { type Actor, earliest } from './actor.ts';
import { type ApiServerOptions, SimulatedApiServer } from './api-server.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { JobController } from './job-controller.ts';
import { Kubelet, type PodLife } from './kubelet.ts';
import type { Pod } from './pods.ts';

export interface ClusterOptions extends Omit<ApiServerOptions, 'now'> {
  readonly seed: string | number;
  /** The most milliseconds by which anyone is late; the Job controller of a healthy cluster stays below 10 s. @default 9000 */
  readonly mostLag?: number;
  /** `by hand` where the test is scheduler and kubelet itself. @default by chance, from the seed */
  readonly lifeOf?: ((pod: Pod) => PodLife) | 'by hand';
  /** When it begins, in milliseconds since the epoch. @default 2026-01-01 */
  readonly startsAt?: number;
}

/** An API server and who else works on it: the same again for the same seed and the same requests. */
export class SimulatedCluster {
  readonly server: SimulatedApiServer;
  readonly #actors: Set<Actor>;
  #now: number;

  constructor({
    seed,
    mostLag = 9000,
    lifeOf = (pod) => randomLife(seed, pod),
    startsAt = Date.UTC(2026, 0, 1),
    ...options
  }: ClusterOptions) {
    this.#now = startsAt;
    this.server = new SimulatedApiServer({ ...options, now: this.now });
    const shared = (name: string) => {
      const random = new Random(seed, name);
      return { server: this.server, now: this.now, lag: () => random.between(0, mostLag) };
    };
    this.#actors = new Set<Actor>([
      new JobController(shared('Job controller')),
      new GarbageCollector(shared('garbage collector')),
      ...(lifeOf === 'by hand' ? [] : [new Kubelet({ ...shared('kubelet'), lifeOf })]),
    ]);
  }

  /** Milliseconds since the epoch: the only clock there is. */
  readonly now = (): number => this.#now;

  /** Somebody more who acts by this clock, such as a feed of the operator's stores. Returns what makes them leave. */
  join(actor: Actor): () => void {
    this.#actors.add(actor);
    return () => {
      this.#actors.delete(actor);
    };
  }

  /** When somebody has something to do next; undefined while nobody has. */
  get nextAt(): number | undefined {
    return earliest(this.#actors)?.nextAt;
  }

  /** Sets the clock to that moment, which is never one in the past, and lets one actor do one thing. False when nobody had to. */
  step(): boolean {
    const actor = earliest(this.#actors);
    if (actor?.nextAt === undefined) return false;
    this.#now = Math.max(this.#now, actor.nextAt);
    actor.runNext();
    return true;
  }

  /** Lets time pass, and whoever has something to do in it. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while ((this.nextAt ?? Infinity) <= end) this.step();
    this.#now = Math.max(this.#now, end);
  }

  /** Lets time pass until nobody has anything to do. */
  settle(): void {
    for (let steps = 0; this.step(); steps += 1)
      if (steps > 100_000) throw new Error('the simulated cluster does not come to rest');
  }
}

/** Of a pod always the same: it depends on nothing but its uid. */
function randomLife(seed: string | number, { metadata }: Pod): PodLife {
  const random = new Random(seed, metadata.uid);
  return {
    startsAfter: random.between(0, 5000),
    runsFor: random.between(1000, 60_000),
    outcome: random.chance(0.8) ? 'Succeeded' : 'Failed',
    stopsAfter: random.between(0, 40_000),
  };
}
