import { setTimeout as delay } from 'node:timers/promises';
import type { ControlPlane } from '../controlplane/start.ts';
import type { Fleet } from './fleet.ts';
import type { Fault } from './proxy/fault.ts';
import type { Random } from './random.ts';
import type { Replica } from './replica.ts';

export interface Stage {
  readonly controlPlane: ControlPlane;
  readonly replicas: readonly [Replica, Replica];
  readonly fleet: Fleet;
  readonly random: Random;
}

/** Does something bad, waits, and undoes it; what it says is printed when it begins. */
type Mischief = (stage: Stage) => { readonly what: string; readonly run: () => Promise<void> };

const seconds = (count: number) => delay(count * 1000);

function drawFault(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'cut' },
    { kind: 'cut', at: 'answer' },
    { kind: 'cut', at: { afterMs: random.between(10, 3_000) } },
    { kind: 'delay', ms: random.between(10, 2_000) },
    { kind: 'status', code: 429, retryAfterSeconds: 1 },
    { kind: 'status', code: 500 },
    { kind: 'status', code: 503 },
    { kind: 'expired' },
    { kind: 'duplicate' },
    { kind: 'truncate' },
    { kind: 'malformed' },
  ]);
}

const garble: Mischief = ({ replicas, random }) => {
  const { name, proxy } = random.pick(replicas);
  const duration = random.between(5, 15);
  return {
    what: `faults of every kind on a third of the requests of ${name} for ${duration} s`,
    run: async () => {
      const faults = proxy.faults.atRandom({ rate: 0.33, draw: drawFault });
      await seconds(duration);
      faults.off();
    },
  };
};

const partition: Mischief = ({ replicas, random }) => {
  const { name, proxy } = random.pick(replicas);
  const [duration, heal] = [random.between(2, 15), random.pick(['deliver', 'reset'] as const)];
  return {
    what: `${name} is cut off for ${duration} s (then: ${heal})`,
    run: async () => {
      proxy.partition({ hangsNew: true });
      await seconds(duration);
      proxy.heal(heal);
    },
  };
};

const crashApiServer: Mischief = ({ controlPlane, random }) => {
  const duration = random.between(1, 10);
  return {
    what: `the API server is killed, and started again after ${duration} s`,
    run: async () => {
      await controlPlane.killApiServer();
      await seconds(duration);
      await controlPlane.restartApiServer();
    },
  };
};

const freeze: Mischief = ({ replicas, random }) => {
  const replica = random.pick(replicas);
  const duration = random.between(2, 15);
  return {
    what: `${replica.name} stands still for ${duration} s`,
    run: async () => {
      replica.freeze();
      await seconds(duration);
      replica.thaw();
    },
  };
};

/** Always the first one: the other lives through it all, so that its memory says something. */
const restart: Mischief = ({ replicas: [replica], random }) => {
  const how = random.pick(['SIGKILL', 'SIGTERM'] as const);
  return {
    what: `${replica.name} gets ${how} and is started again`,
    run: async () => {
      await replica.end(how);
      await replica.run();
    },
  };
};

const change: Mischief = ({ fleet, random }) => ({
  what: 'a site or tenant changes',
  run: async () => void (await fleet.changeOne(random)),
});

const ALL: readonly Mischief[] = [
  garble,
  garble,
  partition,
  crashApiServer,
  freeze,
  restart,
  change,
  change,
  change,
  change,
];

export function drawMischief(stage: Stage): ReturnType<Mischief> {
  return stage.random.pick(ALL)(stage);
}
