import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { until } from '../../controlplane/until.ts';
import { PATHS } from './api.ts';
import type { Lab } from './lab.ts';
import type { LogLine } from './operator.ts';
import { conditionOf } from './conditions.ts';
import { type Wishes, World } from './world.ts';

/** Many things that many servers do take their time, and each look is at all of them. */
const PATIENCE = { deadlineMs: 120_000, everyMs: 1_000 };

/** Many QlikServers of one host. */
export class Crowd implements AsyncDisposable {
  readonly names: readonly string[];
  readonly #lab: Lab;
  readonly #host: World;

  private constructor(lab: Lab, host: World, size: number) {
    this.#lab = lab;
    this.#host = host;
    this.names = Array.from({ length: size }, (_each, index) => `server-${index}`);
  }

  static async create(lab: Lab, size: number, wishes: Wishes): Promise<Crowd> {
    const host = await World.create(lab);
    await host.createSecret();
    await host.createTrust();
    const crowd = new Crowd(lab, host, size);
    for (const name of crowd.names) await host.createServer(wishes, name);
    return crowd;
  }

  get namespace(): string {
    return this.#host.namespace;
  }

  /** The host goes away, with all its ports at once. */
  die(): Promise<void> {
    return this.#host.site.stop();
  }

  comeBack(): Promise<void> {
    return this.#host.site.start();
  }

  get checks(): readonly LogLine[] {
    return this.#lab.operator.checkLinesIn(this.namespace);
  }

  /** All events of each server, in order: each list once, if many servers have the same. */
  async histories(): Promise<readonly string[]> {
    const events = await this.#host.eventsByName();
    return [...new Set(this.names.map((name) => (events.get(name) ?? []).join(', ')))];
  }

  /** Polls until `Ready` has this status everywhere and this event is the last one of each. */
  async seeAll(status: string, event: string): Promise<void> {
    let missing = '';
    const look = async () => {
      const { items } = await this.#lab.api.get<{ items: QlikServer[] }>(PATHS.servers(this.namespace));
      const others = items.filter((server) => conditionOf(server, 'Ready')?.status !== status);
      missing = `${others.length} are not, such as ${JSON.stringify(others[0]?.status?.conditions)}`;
      if (others.length > 0) return false;
      const events = await this.#host.eventsByName();
      const untold = this.names.filter((name) => events.get(name)?.at(-1) !== event);
      missing = `${untold.length} have no event ${event}, such as ${untold[0]}`;
      return untold.length === 0;
    };
    await until(`all are ${status}`, look, PATIENCE).catch((cause: unknown) => {
      throw new Error(missing, { cause });
    });
  }

  /** Polls until `count` checks more have ended. */
  async seeChecks(count: number): Promise<void> {
    const from = this.checks.length;
    await until(`${count} checks more`, () => this.checks.length >= from + count, PATIENCE);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#host[Symbol.asyncDispose]();
  }
}
