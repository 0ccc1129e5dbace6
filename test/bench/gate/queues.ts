import type { Player } from './player.ts';

/** How many Jobs wait, and for how many servers. */
export interface QueuesSize {
  readonly servers: number;
  /** Of all servers together. */
  readonly jobs: number;
  /** Times that a slot of one server is freed while nothing else happens. */
  readonly turns: number;
}

/** Slots of each server with many Jobs. */
const LIMIT = 4;
/** The server whose Jobs follow each other one by one. */
const ALONE = 'alone';

/** Limits by server. */
export function limitsOf({ servers }: QueuesSize): Readonly<Record<string, number>> {
  const many = Array.from({ length: servers }, (_, index) => [serverName(index), LIMIT] as const);
  return { ...Object.fromEntries(many), [ALONE]: 1 };
}

/** Queues of Jobs behind slots that are all taken, so that whatever is admitted is admitted because a slot was freed. */
export class Queues {
  readonly #player: Player;
  readonly #size: QueuesSize;

  private constructor(player: Player, size: QueuesSize) {
    this.#player = player;
    this.#size = size;
  }

  /** Takes all slots, then has all the other Jobs wait. */
  static async open(player: Player, size: QueuesSize): Promise<Queues> {
    const queues = new Queues(player, size);
    const { first, many, alone } = queues.#names();
    await player.create(first);
    await player.seeAdmitted(first.map(({ name }) => name));
    await player.create([...many, ...alone]);
    return queues;
  }

  /** Those that wait. */
  get waiting(): string[] {
    const { many, alone } = this.#names();
    return [...many, ...alone].map(({ name }) => name);
  }

  /** Milliseconds from a Job seen ended to the next one seen admitted, each time. */
  async takeTurns(): Promise<number[]> {
    const latencies: number[] = [];
    const waiting = new Set(this.#names().alone.map(({ name }) => name));
    let running = turnName(0);
    while (waiting.size > 0) {
      await this.#player.end([running]);
      // Those that were created in one second may go in any order.
      const next = await this.#player.seeFirstAdmitted([...waiting]);
      latencies.push(next.at - (await this.#player.seeCompleted(running)));
      waiting.delete(next.name);
      running = next.name;
    }
    return latencies;
  }

  /** Ends every Job as soon as it is admitted; milliseconds until the last one that waited has been. */
  async drain(): Promise<number> {
    const { first, many } = this.#names();
    const running = first.filter(({ server }) => server !== ALONE).map(({ name }) => name);
    const start = performance.now();
    this.#player.endAtOnce();
    await this.#player.end(running);
    const last = await this.#player.seeAdmitted(many.map(({ name }) => name));
    await this.#player.endNoMore();
    return last - start;
  }

  #names(): Record<'first' | 'many' | 'alone', readonly { name: string; server: string }[]> {
    const { servers, jobs, turns } = this.#size;
    const slots = Array.from({ length: servers * LIMIT }, (_, index) => ({
      name: `first-${index}`,
      server: serverName(index % servers),
    }));
    const many = Array.from({ length: jobs }, (_, index) => ({
      name: `job-${index}`,
      server: serverName(index % servers),
    }));
    const alone = Array.from({ length: turns }, (_, turn) => ({ name: turnName(turn + 1), server: ALONE }));
    return { first: [...slots, { name: turnName(0), server: ALONE }], many, alone };
  }
}

function serverName(index: number): string {
  return `qlik-${index}`;
}

function turnName(turn: number): string {
  return `turn-${turn}`;
}
