import { until } from '../controlplane/until.ts';
import { CloudWorld } from '../integration/server/cloud-world.ts';
import { type LabParts } from '../integration/server/place.ts';
import { World } from '../integration/server/world.ts';
import type { Random } from './random.ts';

/** A state of a simulator, and the reason that every QlikServer of it must then show. */
interface Situation<Faults> {
  readonly faults: Faults;
  readonly reason: string;
}

const SITES: readonly Situation<Parameters<World['site']['setFaults']>[0]>[] = [
  { faults: {}, reason: 'ChecksPassed' },
  { faults: { noRootAdmin: true }, reason: 'MissingRole' },
  { faults: { portRefused: true }, reason: 'ConnectionRefused' },
  { faults: { certificateRejected: true }, reason: 'ClientCertificateRejected' },
  { faults: { virtualProxyUnlinked: true }, reason: 'NotLinked' },
];

const TENANTS: readonly Situation<Parameters<CloudWorld['tenant']['setFaults']>[0]>[] = [
  { faults: {}, reason: 'ChecksPassed' },
  { faults: { unknownHost: true }, reason: 'UnknownTenant' },
];

const CHECKS = { interval: '2s', retryInterval: '1s', failureThreshold: 2 };

/** A simulator, the QlikServers that lead to it, and what they should say at present. */
class Member {
  readonly #world: World | CloudWorld;
  readonly #names: readonly string[];
  #expected = 'ChecksPassed';

  constructor(world: World | CloudWorld, names: readonly string[]) {
    this.#world = world;
    this.#names = names;
  }

  /** Puts the simulator into a situation by chance; says which. */
  async change(random: Random): Promise<string> {
    const world = this.#world;
    if (world instanceof World) {
      const { faults, reason } = random.pick(SITES);
      await world.site.clearFaults();
      await world.site.setFaults(faults);
      this.#expected = reason;
    } else {
      const { faults, reason } = random.pick(TENANTS);
      await world.tenant.clearFaults();
      await world.tenant.setFaults(faults);
      this.#expected = reason;
    }
    return `${world.namespace}: ${this.#expected}`;
  }

  /** Names of the servers that say something else than they should. */
  async wrong(): Promise<string[]> {
    const wrong = this.#names.map(async (name) => {
      const columns = await this.#world.columns(name).catch((): Readonly<Record<string, unknown>> => ({}));
      const [ready, reason] = [columns['READY'], columns['REASON']];
      const isRight = reason === this.#expected && ready === (reason === 'ChecksPassed' ? 'True' : 'False');
      return isRight
        ? []
        : [`${this.#world.namespace}/${name} says ${String(ready)}/${String(reason)}, not ${this.#expected}`];
    });
    return (await Promise.all(wrong)).flat();
  }

  async stop(): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}

/** Sites and tenants, with QlikServers for each. */
export class Fleet {
  readonly #members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** Four of five servers are on-premise. */
  static async create(lab: LabParts, servers: number): Promise<Fleet> {
    const members: Member[] = [];
    for (let made = 0; made < servers; made += 5) {
      const world = (made / 5) % 5 === 4 ? await CloudWorld.create(lab) : await Fleet.#site(lab);
      const names = Array.from({ length: Math.min(5, servers - made) }, (_, index) => `server-${index}`);
      for (const name of names) await world.createServer({ checks: CHECKS }, name);
      members.push(new Member(world, names));
    }
    return new Fleet(members);
  }

  static async #site(lab: LabParts): Promise<World> {
    const world = await World.create(lab);
    await world.createSecret();
    await world.createTrust();
    return world;
  }

  changeOne(random: Random): Promise<string> {
    return random.pick(this.#members).change(random);
  }

  /** Waits until every server says what its simulator's switches say; gives those that do not in time. */
  async settle(deadlineMs: number): Promise<string[]> {
    let wrong: string[] = [];
    const look = async () => {
      wrong = (await Promise.all(this.#members.map((member) => member.wrong()))).flat();
      return wrong.length === 0;
    };
    await until('all say what is so', look, { deadlineMs, everyMs: 500 }).catch(() => {});
    return wrong;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
  }
}
