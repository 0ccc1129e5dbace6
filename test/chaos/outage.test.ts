import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { auditEntries } from '../controlplane/audit.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import { until } from '../controlplane/until.ts';
import { Api } from '../integration/server/api.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import { Needles } from '../integration/server/needles.ts';
import { World } from '../integration/server/world.ts';
import { listsSince, writesWithoutLease } from './findings.ts';
import { Replica } from './replica.ts';

/** `OUTAGE=real` takes the real durations: a minute away, five minutes of cuts, a minute of standstill. */
const { away, cuts, standstill } =
  process.env['OUTAGE'] === 'real'
    ? { away: 60_000, cuts: 300_000, standstill: 60_000 }
    : { away: 6_000, cuts: 10_000, standstill: 10_000 };
const SERVERS = 10;
const CURRENT = { deadlineMs: 10_000 };

let controlPlane: ControlPlane;
let api: Api;
let world: World;
let replicas: readonly [Replica, Replica];

beforeAll(async () => {
  controlPlane = await startControlPlane({
    binaries: inject('controlPlane').binaries,
    audit: true,
    users: { a: ['system:masters'], b: ['system:masters'] },
  });
  api = new Api(controlPlane);
  await applyRelaxedCrds(controlPlane, api);
  world = await World.create({ controlPlane, api, needles: new Needles() });
  await world.createSecret();
  await world.createTrust();
  const checks = { interval: '2s', retryInterval: '1s', failureThreshold: 1 };
  for (const name of names()) await world.createServer({ checks }, name);
  replicas = [await Replica.start(controlPlane, 'a', 1), await Replica.start(controlPlane, 'b', 2)];
  await allSay('True', 'ChecksPassed', 30_000);
});

afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  await api.close();
  await world[Symbol.asyncDispose]();
  await controlPlane.stop();
});

const names = () => Array.from({ length: SERVERS }, (_, index) => `server-${index}`);

async function allSay(status: string, reason: string, deadlineMs = CURRENT.deadlineMs): Promise<void> {
  await until(
    `all servers are ${status}/${reason}`,
    async () => {
      const columns = await Promise.all(names().map((name) => world.columns(name).catch(() => ({}))));
      return columns.every((row) => 'READY' in row && row['READY'] === status && row['REASON'] === reason);
    },
    { deadlineMs },
  );
}

async function leader(): Promise<Replica> {
  let found: Replica | undefined;
  await until('one of the replicas leads', async () => {
    for (const replica of replicas) if (await replica.isLeader()) found = replica;
    return found !== undefined;
  });
  return found!;
}

/** What every replica follows, whether it leads or not. */
const WATCHED = [
  'configmaps',
  'jobs',
  'priorityclasses',
  'qlikconnectiontests',
  'qlikexecutions',
  'qlikservers',
  'secrets',
];

/** What a replica has read as a whole since then, and how often; without what a leader lists once in its term. */
function listsOf(replica: string, since: Date): (readonly [resource: string, count: number])[] {
  return [...listsSince(auditEntries(controlPlane), since)]
    .filter(([key]) => key.startsWith(`${replica} `))
    .map(([key, count]) => [key.split(' ')[1] ?? '', count] as const)
    .filter(([resource]) => resource !== 'qlikexecutionledgers');
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What must not be there whatever has happened. */
function broken(): unknown[] {
  return [
    ...replicas.flatMap((replica) => replica.faults()),
    ...writesWithoutLease(auditEntries(controlPlane)).map(
      ({ user, requestReceivedTimestamp }) =>
        `${user.username} wrote at ${requestReceivedTimestamp} without the lease`,
    ),
  ];
}

// One after the other, as they share the replicas.
describe('two replicas', () => {
  test(
    'say what is so within 10 s after the API server was away, with one list per resource',
    { timeout: away + 60_000 },
    async () => {
      const down = controlPlane.killApiServer();
      await world.site.setFaults({ noRootAdmin: true });
      await down;
      await pause(away);
      const since = new Date();
      await controlPlane.restartApiServer();
      await allSay('False', 'MissingRole');
      await pause(4_000);
      const lists = replicas.flatMap(({ name }) => listsOf(name, since));
      expect(lists.map(([resource]) => resource).sort()).toEqual([...WATCHED, ...WATCHED].sort());
      expect(lists.filter(([, count]) => count > 1)).toEqual([]);
      await world.site.clearFaults();
      await allSay('True', 'ChecksPassed');
      expect(broken()).toEqual([]);
    },
  );

  test('outlive watches that are cut at random', { timeout: cuts + 60_000 }, async () => {
    const cutting = replicas.map(({ proxy }) =>
      proxy.faults.atRandom({
        isWatch: true,
        rate: 0.8,
        draw: (random) => ({ kind: 'cut', at: { afterMs: random.between(10, 2_000) } }),
      }),
    );
    await pause(cuts / 2);
    await world.site.setFaults({ noRootAdmin: true });
    await world.editSecret('client', { note: Buffer.from('changed') });
    await allSay('False', 'MissingRole');
    await pause(cuts / 2);
    for (const fault of cutting) fault.off();
    await world.site.clearFaults();
    await allSay('True', 'ChecksPassed');
    expect(broken()).toEqual([]);
  });

  test(
    'a leader that is cut off writes nothing while the other one leads, and comes back without a storm',
    { timeout: 90_000 },
    async () => {
      const first = await leader();
      const second = replicas.find((replica) => replica !== first)!;
      first.proxy.partition({ hangsNew: true });
      await until('the other one leads', () => second.isLeader());
      expect(await first.isLeader()).toBe(false);
      await world.site.setFaults({ noRootAdmin: true });
      await allSay('False', 'MissingRole');
      const since = new Date();
      first.proxy.heal('reset');
      await until(
        'it is connected again',
        async () => (await first.operator.series('qlik_api_server_reachable'))[0]?.endsWith(' 1') === true,
      );
      await pause(4_000);
      const lists = listsOf(first.name, since);
      expect(lists.map(([resource]) => resource).sort()).toEqual(WATCHED);
      expect(lists.filter(([, count]) => count > 1)).toEqual([]);
      await world.site.clearFaults();
      await allSay('True', 'ChecksPassed');
      expect(broken()).toEqual([]);
    },
  );

  test('a leader that stood still wakes up deposed', { timeout: standstill + 60_000 }, async () => {
    const first = await leader();
    const second = replicas.find((replica) => replica !== first)!;
    first.freeze();
    await world.site.setFaults({ noRootAdmin: true });
    await until('the other one leads', () => second.isLeader());
    await allSay('False', 'MissingRole');
    await pause(standstill - 8_000);
    first.thaw();
    await world.site.clearFaults();
    await allSay('True', 'ChecksPassed');
    expect(await second.isLeader()).toBe(true);
    await until('it knows', async () => !(await first.isLeader()));
    expect(broken()).toEqual([]);
  });

  test('one that is asked to end gives the lease back', async () => {
    const first = await leader();
    const second = replicas.find((replica) => replica !== first)!;
    await first.end('SIGTERM');
    const since = performance.now();
    await until('the other one leads', () => second.isLeader());
    // At its next attempt, not when the lease would have ended.
    expect(performance.now() - since).toBeLessThan(3_000);
    await first.run();
    expect(broken()).toEqual([]);
  });
});
