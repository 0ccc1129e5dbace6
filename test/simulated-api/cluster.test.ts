import { describe, expect, test } from 'vitest';
import { collectionPath, objectPath } from '../../src/kubernetes/resource.ts';
import { Random } from '../chaos/random.ts';
import { SimulatedCluster, type ClusterOptions } from './cluster.ts';
import { breaches } from './conformance/history.ts';
import { job, podSpec } from './conformance/samples.ts';
import { isFinished, type Job } from './job.ts';
import { JOBS } from './jobs.ts';
import { LaggingFeed } from './lagging-feed.ts';
import type { ApiObject } from './object.ts';
import type { Change } from './object-store.ts';
import { isTerminal, type Pod, PODS } from './pods.ts';

const PATH = objectPath(JOBS, { namespace: 'default', name: 'one' });
const LONG = { startsAfter: 1000, runsFor: Infinity, outcome: 'Succeeded', stopsAfter: Infinity } as const;
/** The most by which the Job controller may be late, as the gate assumes. */
const TEN_SECONDS = 10_000;

class Life {
  readonly cluster: SimulatedCluster;
  readonly history: Change[] = [];

  constructor(options: ClusterOptions) {
    this.cluster = new SimulatedCluster(options);
    for (const resource of [JOBS, PODS])
      this.cluster.server.onChange(resource, (change) => this.history.push(change));
  }

  create(spec: object = {}): Job {
    const body = job('one', { suspend: false, ...spec });
    return this.#send('POST', collectionPath(JOBS, 'default'), body) as Job;
  }

  suspend(suspend: boolean): void {
    this.#send('PATCH', PATH, { spec: { suspend } });
  }

  delete(propagationPolicy: string): void {
    this.#send('DELETE', PATH, { propagationPolicy });
  }

  get pods(): readonly Pod[] {
    return this.cluster.server.objects(PODS) as Pod[];
  }

  get jobs(): readonly Job[] {
    return this.cluster.server.objects(JOBS) as Job[];
  }

  #send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown): unknown {
    return this.cluster.server.handle({ method, path, body });
  }
}

/** Often more than one pod, one of which may fail before the others have ended. */
function randomSpec(random: Random): object {
  return {
    parallelism: random.between(1, 3),
    completions: random.between(1, 3),
    backoffLimit: random.between(0, 2),
  };
}

/** What a user might do with a Job, at random. */
function randomLife(seed: number): Life {
  const random = new Random(seed, 'user');
  const life = new Life({ seed });
  for (let turn = 0; turn < 8; turn += 1) {
    const [one] = life.jobs;
    if (one === undefined) life.create(randomSpec(random));
    else if (random.chance(0.2)) life.delete(random.pick(['Background', 'Foreground', 'Orphan']));
    else life.suspend(random.chance(0.5));
    life.cluster.advance(random.between(0, 30_000));
  }
  return life;
}

describe('a simulated cluster', () => {
  test('is the same again for the same seed', () => {
    expect(randomLife(3).history).toEqual(randomLife(3).history);
    expect(randomLife(3).history).not.toEqual(randomLife(4).history);
  });

  test('finishes Jobs only once their pods have ended, whoever is how late', () => {
    const lives = Array.from({ length: 100 }, (_, seed) => randomLife(seed));
    expect(lives.flatMap(({ history }) => breaches(history))).toEqual([]);
    const finished = lives.filter(({ history }) => history.some(({ object }) => isFinished(object as Job)));
    expect(finished.length).toBeGreaterThan(10);
  });

  test('comes to rest with nothing that waits for ever', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const life = randomLife(seed);
      life.cluster.settle();
      const waiting = [...life.jobs, ...life.pods].filter(({ metadata }) => metadata.deletionTimestamp);
      expect(waiting, `seed ${seed}`).toEqual([]);
    }
  });

  test('goes on with whoever joins, by the same clock', () => {
    const { cluster } = new Life({ seed: 1 });
    const done: number[] = [];
    let nextAt: number | undefined = cluster.now() + 5000;
    const leave = cluster.join({
      get nextAt() {
        return nextAt;
      },
      runNext() {
        done.push(cluster.now());
        nextAt = undefined;
      },
    });
    const start = cluster.now();
    cluster.advance(4999);
    expect(done).toEqual([]);
    cluster.advance(1);
    expect(done).toEqual([start + 5000]);
    nextAt = cluster.now();
    leave();
    cluster.settle();
    expect(done).toHaveLength(1);
  });
});

/** Versions of pods that came into being after the moment. */
function madeAfter({ history }: Life, version: string): string[] {
  return history
    .filter(({ type, object }) => type === 'ADDED' && object.kind === PODS.kind)
    .map(({ object }) => object.metadata.resourceVersion)
    .filter((one) => BigInt(one) > BigInt(version));
}

describe('the Job controller', () => {
  test.each([
    ['suspended again', (life: Life) => life.suspend(true)],
    ['deleted', (life: Life) => life.delete('Background')],
  ])('may make pods of a Job that is %s, but not for 10 s', (_, stop) => {
    const late = Array.from({ length: 50 }, (_, seed) => {
      const life = new Life({ seed, lifeOf: () => LONG });
      life.create({ suspend: true });
      life.cluster.advance(60_000);
      life.suspend(false);
      life.cluster.advance(1000);
      const { version } = life.cluster.server;
      stop(life);
      life.cluster.advance(TEN_SECONDS);
      const made = madeAfter(life, version).length;
      life.cluster.advance(120_000);
      expect(madeAfter(life, version), `seed ${seed}`).toHaveLength(made);
      return made;
    });
    expect(late).toContain(1);
    expect(late).toContain(0);
  });

  test('makes no pod twice, though it sees its own pods late', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const life = new Life({ seed, lifeOf: () => LONG });
      life.create({ parallelism: 3, completions: 3 });
      life.cluster.advance(60_000);
      expect(life.pods).toHaveLength(3);
    }
  });
});

describe('a kubelet', () => {
  test('ends what ignores its end when the grace period is over', () => {
    const life = new Life({ seed: 1, mostLag: 100, lifeOf: () => LONG });
    life.create({ template: { spec: podSpec({ terminationGracePeriodSeconds: 600 }) } });
    life.cluster.advance(60_000);
    expect(life.pods).toMatchObject([{ spec: { nodeName: 'node' }, status: { phase: 'Running' } }]);
    life.delete('Background');
    life.cluster.advance(599_000);
    expect(life.jobs).toEqual([]);
    expect(life.pods.filter((pod) => !isTerminal(pod))).toHaveLength(1);
    life.cluster.advance(5000);
    expect(life.pods).toEqual([]);
  });
});

describe('a feed', () => {
  test('is late, keeps the order, and brings everything in the end', () => {
    const { cluster } = new Life({ seed: 1, lifeOf: 'by hand' });
    const random = new Random('feed');
    const delivered: string[] = [];
    const feed = new LaggingFeed({
      server: cluster.server,
      resource: PODS,
      now: cluster.now,
      lag: () => random.between(0, 60_000),
      deliver: ({ type, object }) => delivered.push(`${type} ${object.metadata.resourceVersion}`),
    });
    cluster.join(feed);
    const send = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
      cluster.server.handle({ method, path, body }) as ApiObject;
    const pods = collectionPath(PODS, 'default');
    const containers = [{ name: 'main', image: 'none' }];
    const made = send('POST', pods, { metadata: { name: 'a' }, spec: { containers } });
    const changed = Array.from({ length: 20 }, (_, count) => {
      const { metadata } = send('PATCH', `${pods}/a`, { metadata: { labels: { count: String(count) } } });
      return `MODIFIED ${metadata.resourceVersion}`;
    });
    send('DELETE', `${pods}/a`);
    expect(delivered).toEqual([]);
    expect(feed.hasDelivered(made.metadata.resourceVersion)).toBe(false);
    cluster.settle();
    expect(delivered.slice(0, 21)).toEqual([`ADDED ${made.metadata.resourceVersion}`, ...changed]);
    expect(delivered.at(-1)).toBe(`DELETED ${cluster.server.version}`);
    expect(feed.hasDelivered(made.metadata.resourceVersion)).toBe(true);
  });
});
