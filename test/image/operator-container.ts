import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { IMAGE } from './build.ts';
import { Cgroup, type Usage } from './cgroup.ts';
import { type LogLine, linesUntil } from './log.ts';
import type { Podman } from './podman.ts';

const NAME = 'operator';
const SAMPLE_MS = 250;

/** A container of the image that leads, and what it takes. */
export class OperatorContainer implements AsyncDisposable {
  readonly log: readonly LogLine[];
  readonly pid: number;
  /** What it has taken so far, four times a second. */
  readonly samples: Usage[] = [];
  readonly #cgroup: Cgroup;
  readonly #container: ChildProcessByStdio<null, Readable, Readable>;
  readonly #sampling: NodeJS.Timeout;

  private constructor(
    container: ChildProcessByStdio<null, Readable, Readable>,
    { log, pid }: Pick<OperatorContainer, 'log' | 'pid'>,
  ) {
    this.#container = container;
    this.log = log;
    this.pid = pid;
    this.#cgroup = new Cgroup(pid);
    this.samples.push(this.usage());
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Resolves when it leads. */
  static async start(
    podman: Podman,
    flags: readonly string[],
    args: readonly string[],
  ): Promise<OperatorContainer> {
    const container = podman.start([...flags, `--name=${NAME}`, IMAGE, ...args]);
    try {
      const log = await linesUntil(container.stderr, '"leading"');
      container.stderr.resume();
      return new OperatorContainer(container, { log, pid: await podman.pidOf(NAME) });
    } catch (error) {
      await stopped(container);
      throw error;
    }
  }

  usage(): Usage {
    this.assertRuns();
    return this.#cgroup.usage();
  }

  /** Throws if it has ended: with 137, it took more memory than it may. */
  assertRuns(): void {
    if (this.#container.exitCode !== null)
      throw new Error(`The container ended with ${this.#container.exitCode}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sampling);
    await stopped(this.#container);
  }

  /** The accounts of a container that is just ending are gone; who waits for it is told by `assertRuns`. */
  #sample(): void {
    try {
      this.samples.push(this.#cgroup.usage());
    } catch {
      clearInterval(this.#sampling);
    }
  }
}

async function stopped(container: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  if (container.exitCode !== null || container.signalCode !== null) return;
  container.kill('SIGTERM');
  await once(container, 'exit');
}
