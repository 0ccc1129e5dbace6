import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import type { Access } from '../../controlplane/kubeconfig.ts';

/** What to create, and with how many requests in flight. */
export interface CreateOrder {
  readonly access: Access;
  readonly path: string;
  readonly inFlight: number;
  /** JSON of each object. */
  readonly bodies: readonly string[];
}

/** What it took, in milliseconds. */
export interface CreateOutcome {
  readonly wall: number;
  readonly cpu: number;
}

/**
 * `node create-loop.ts ORDER`: creates objects and does nothing else, neither read nor compare nor look at the answers.
 * Nothing that is written with this client can be faster.
 */
async function create({ access, path, inFlight, bodies }: CreateOrder): Promise<CreateOutcome> {
  const agent = new Agent({ connect: { ca: access.ca }, connections: inFlight, allowH2: false });
  const headers = { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' };
  let next = 0;
  const createSome = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next++]!;
      const answer = await agent.request({ origin: access.url, method: 'POST', path, headers, body });
      if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${await answer.body.text()}`);
      await answer.body.dump();
    }
  };
  const before = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, createSome));
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  await agent.close();
  return { wall, cpu: (user + system) / 1000 };
}

const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as CreateOrder;
process.stdout.write(`${JSON.stringify(await create(order))}\n`);
