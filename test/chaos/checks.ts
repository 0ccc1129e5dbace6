import { auditEntries } from '../controlplane/audit.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { say } from '../demo/console.ts';
import { Api } from '../integration/server/api.ts';
import { applyRelaxedCrds } from '../integration/server/relaxed-crd.ts';
import { Needles } from '../integration/server/needles.ts';
import { writesWithoutLease } from './findings.ts';
import { Fleet } from './fleet.ts';
import { Memory } from './memory.ts';
import { drawMischief } from './mischief.ts';
import { Random } from './random.ts';
import { Replica } from './replica.ts';

const SERVERS = Number(process.env['SERVERS'] ?? 50);
const SETTLE_MS = 30_000;

/**
 * The checks of a fleet of servers by two replicas. Gives what was wrong: a status that, once it is quiet, does not say
 * what the simulators' switches say, a write without the lease, a replica that has ended by itself, a secret in a log, or
 * memory that has grown in the replica that lives through it all.
 */
export async function checksChaos(seed: number, minutes: number): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  say(`SERVERS=${SERVERS}`);
  const master = ['system:masters'];
  const controlPlane = parts.use(await startControlPlane({ audit: true, users: { a: master, b: master } }));
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await applyRelaxedCrds(controlPlane, api);
  const needles = new Needles();
  const fleet = await Fleet.create({ controlPlane, api, needles }, SERVERS);
  parts.defer(() => fleet.stop());
  const start = async (name: string, ownSeed: number) => {
    const replica = await Replica.start(controlPlane, name, ownSeed);
    parts.defer(() => replica.stop());
    return replica;
  };
  const replicas = [await start('a', seed), await start('b', seed + 1)] as const;
  const early = await fleet.settle(2 * SETTLE_MS);
  if (early.length > 0) return early;
  say(`${SERVERS} servers are Ready; trouble begins`);

  const memory = new Memory(replicas);
  const random = new Random(seed, 'mischief');
  const until = Date.now() + minutes * 60_000;
  while (Date.now() < until) {
    const { what, run } = drawMischief({ controlPlane, replicas, fleet, random });
    say(what);
    await run();
    memory.measure();
  }
  for (const { proxy } of replicas) proxy.repair();
  say(`quiet again; ${SETTLE_MS / 1000} s to say what is so`);
  const wrong = await fleet.settle(SETTLE_MS);
  say(memory.summary);
  const logs = replicas.map(({ logs }) => logs()).join('\n');
  return [
    ...wrong,
    ...replicas.flatMap((replica) => replica.faults()),
    ...writesWithoutLease(auditEntries(controlPlane)).map(
      ({ user, requestReceivedTimestamp: time }) =>
        `${user.username} wrote a status at ${time} without the lease`,
    ),
    ...needles.in(logs).map((secret) => `a log has ${secret}`),
    ...memory.grown(),
  ];
}
