import { readFileSync } from 'node:fs';
import { lastLines } from '../../controlplane/log-tail.ts';
import type { Exit, Keeper, KeptProcess } from '../../controlplane/processes.ts';
import { until } from '../../controlplane/until.ts';
import { peerProgram } from '../programs.ts';

/** Where the peer serves, as it says when it is ready. */
interface Addresses {
  readonly metrics: string;
  readonly health: string;
}

/** The peer of the operator, as a process of its own. */
export class Peer {
  readonly #process: KeptProcess;
  readonly #addresses: Addresses;

  private constructor(process: KeptProcess, addresses: Addresses) {
    this.#process = process;
    this.#addresses = addresses;
  }

  /** Resolves when its caches are filled. `args` such as `--concurrency=8`. */
  static async start(
    keeper: Keeper,
    name: string,
    kubeconfig: string,
    args: readonly string[] = [],
  ): Promise<Peer> {
    const process = await keeper.start({
      name,
      command: await peerProgram(),
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--metrics-address=127.0.0.1:0',
        '--health-address=127.0.0.1:0',
        ...args,
      ],
    });
    let addresses: Addresses | undefined;
    await until('the peer is ready', () => {
      if (process.exit !== undefined) throw new Error(`The peer ended:\n${lastLines(process.log)}`);
      // Its log is in the same file.
      const line = /^\{"health":.*\}$/mu.exec(readFileSync(process.log, 'utf8'))?.[0];
      if (line !== undefined) addresses = JSON.parse(line) as Addresses;
      return addresses !== undefined;
    });
    return new Peer(process, addresses!);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** All it has logged. */
  get logText(): string {
    return readFileSync(this.#process.log, 'utf8');
  }

  /** `/livez`, `/readyz` or `/metrics`. */
  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { metrics, health } = this.#addresses;
    const response = await fetch(`http://${path === '/metrics' ? metrics : health}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** SIGTERM, and how it ended. */
  async end(): Promise<Exit> {
    await this.#process.end({ graceMs: 10_000 });
    return this.#process.exited;
  }
}
