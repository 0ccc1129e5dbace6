import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../proxy/fault.ts';
import type { Random } from '../random.ts';
import type { Replica } from '../replica.ts';

/** Something that is bad for one of the replicas for some seconds, and no death. */
type Trouble = (replica: Replica, random: Random) => Promise<void>;

/** SIGSTOP: it wakes up deposed, with all that it was about to do. */
const freeze: Trouble = async (replica, random) => {
  const { operator } = replica;
  if (operator.exit !== undefined) return;
  process.kill(operator.pid, 'SIGSTOP');
  await delay(random.between(1_000, 6_000));
  try {
    process.kill(operator.pid, 'SIGCONT');
  } catch {
    // It was killed as it stood there.
  }
};

const partition: Trouble = async ({ proxy }, random) => {
  proxy.partition({ hangsNew: random.chance(0.5) });
  await delay(random.between(1_000, 5_000));
  proxy.heal(random.pick(['deliver', 'reset']));
};

const garble: Trouble = async ({ proxy }, random) => {
  const faults = proxy.faults.atRandom({ rate: 0.2, draw: drawFault });
  await delay(random.between(2_000, 5_000));
  faults.off();
};

/** Watches alone are late, so that the replica decides by what was. */
const staleWatches: Trouble = async ({ proxy }, random) => {
  const faults = proxy.faults.on({ kind: 'delay', ms: 2_000 }, { isWatch: true });
  const cut = proxy.faults.on({ kind: 'cut', at: { afterMs: 10 } }, { isWatch: true, times: 20 });
  await delay(random.between(2_000, 5_000));
  faults.off();
  cut.off();
};

function drawFault(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'cut' },
    { kind: 'cut', at: 'answer' },
    { kind: 'delay', ms: random.between(10, 2_000) },
    { kind: 'status', code: 429, retryAfterSeconds: 1 },
    { kind: 'status', code: 500 },
    { kind: 'expired' },
    { kind: 'duplicate' },
    { kind: 'truncate' },
  ]);
}

const ALL: readonly Trouble[] = [freeze, freeze, partition, garble, staleWatches];

export function drawTrouble(replicas: readonly Replica[], random: Random): Promise<void> {
  return random.pick(ALL)(random.pick(replicas), random);
}
