import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { answersOk } from './answers.ts';
import type { Keeper, KeptProcess } from './processes.ts';
import { untilReady } from './ready.ts';

/** etcd insists on advertising host and port. A single member and its one client never use them. */
const UNUSED_URL = 'http://127.0.0.1:1';

/** etcd on Unix sockets, which need no port and no password. */
export class Etcd {
  readonly #keeper: Keeper;
  readonly #binaries: string;
  #process: KeptProcess | undefined;

  private constructor(keeper: Keeper, binaries: string) {
    this.#keeper = keeper;
    this.#binaries = binaries;
  }

  static async start(keeper: Keeper, binaries: string): Promise<Etcd> {
    const etcd = new Etcd(keeper, binaries);
    await etcd.run();
    return etcd;
  }

  /** For the API server. */
  get url(): string {
    return `unix://${this.socket}`;
  }

  get socket(): string {
    return join(this.#keeper.folder, 'etcd.sock');
  }

  /** Starts the process and waits until it is ready. */
  async run(): Promise<void> {
    this.#process = await this.#keeper.start({
      name: 'etcd',
      command: join(this.#binaries, 'etcd'),
      args: [
        `--data-dir=${this.#data}`,
        `--listen-client-urls=unix://${this.socket}`,
        `--advertise-client-urls=${UNUSED_URL}`,
        `--listen-peer-urls=unix://${join(this.#keeper.folder, 'etcd-peer.sock')}`,
        `--initial-advertise-peer-urls=${UNUSED_URL}`,
        `--initial-cluster=default=${UNUSED_URL}`,
        '--unsafe-no-fsync', // The data need not survive the machine.
      ],
    });
    await untilReady(this.#process, () => answersOk({ socketPath: this.socket, path: '/health' }));
  }

  /** Only while it is ended are its files all there is. */
  async end(): Promise<void> {
    await this.#process?.end();
  }

  async backup(): Promise<void> {
    await cp(this.#data, this.#backup, { recursive: true });
  }

  async restore(): Promise<void> {
    await rm(this.#data, { recursive: true });
    await cp(this.#backup, this.#data, { recursive: true });
  }

  get #data(): string {
    return join(this.#keeper.folder, 'etcd');
  }

  get #backup(): string {
    return join(this.#keeper.folder, 'etcd-backup');
  }
}
