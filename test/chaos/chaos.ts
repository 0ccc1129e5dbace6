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

/**
 * `make chaos SEED=… MINUTES=…`: two replicas, a fleet of servers, and one bad thing after another, the same again for
 * the same seed. Exit code 0 only if, once it is quiet, every status says what the simulators' switches say, nobody has
 * written without the lease, nobody has ended by itself, no secret is in a log, and the memory of the replica that lives
 * through it all has not grown.
 */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const MINUTES = Number(process.env['MINUTES'] ?? 1);
const SERVERS = Number(process.env['SERVERS'] ?? 50);
const SETTLE_MS = 30_000;

async function main(): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  say(`SEED=${SEED} MINUTES=${MINUTES} SERVERS=${SERVERS}`);
  const master = ['system:masters'];
  const controlPlane = parts.use(await startControlPlane({ audit: true, users: { a: master, b: master } }));
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await applyRelaxedCrds(controlPlane, api);
  const needles = new Needles();
  const fleet = await Fleet.create({ controlPlane, api, needles }, SERVERS);
  parts.defer(() => fleet.stop());
  const start = async (name: string, seed: number) => {
    const replica = await Replica.start(controlPlane, name, seed);
    parts.defer(() => replica.stop());
    return replica;
  };
  const replicas = [await start('a', SEED), await start('b', SEED + 1)] as const;
  const early = await fleet.settle(2 * SETTLE_MS);
  if (early.length > 0) return early;
  say(`${SERVERS} servers are Ready; trouble begins`);

  const memory = new Memory(replicas);
  const random = new Random(SEED, 'mischief');
  const until = Date.now() + MINUTES * 60_000;
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

const violations = await main();
for (const violation of violations) say(`VIOLATED ${violation}`);
say(violations.length === 0 ? 'everything held' : `${violations.length} violations; again with SEED=${SEED}`);
process.exitCode = violations.length === 0 ? 0 : 1;
