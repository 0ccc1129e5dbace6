import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Output, runCommand } from '../controlplane/command.ts';
import { succeed } from './command.ts';

const PACKAGES = ['podman', 'buildah', 'runc'];

/** Podman with a storage of its own, which is gone afterwards: the images of the developer are not touched. */
export class Podman implements AsyncDisposable {
  readonly #folder: string;
  readonly #fixed: readonly string[];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#fixed = [
      `--root=${join(folder, 'storage')}`,
      `--runroot=${join(folder, 'run')}`,
      // crun, the default of Debian, does not start on machines without systemd.
      '--runtime=runc',
      '--cgroup-manager=cgroupfs',
      '--events-backend=none',
    ];
  }

  static async open(): Promise<Podman> {
    return new Podman(await mkdtemp(join(tmpdir(), 'qlik-operator-image-')));
  }

  /** Throws, in words that cannot be taken for a failure of the image, where not even a base image runs. */
  async proveThatContainersRun(image: string, command: readonly string[]): Promise<void> {
    const { code, stderr } = await this.run([image, ...command]);
    if (code !== 0) throw cannotRun(stderr);
  }

  /** Builds an image; returns what the build printed. */
  build(context: string, tag: string, args: readonly string[] = []): Promise<string> {
    return succeed('podman', [
      ...this.#fixed,
      'build',
      '--isolation=chroot',
      '--layers=false',
      '--quiet',
      '--network=host',
      `--tag=${tag}`,
      ...args,
      context,
    ]);
  }

  async inspect(image: string): Promise<ImageConfig> {
    const [found] = JSON.parse(await succeed('podman', [...this.#fixed, 'image', 'inspect', image])) as [
      ImageConfig,
    ];
    return found;
  }

  /** Runs a container to its end. */
  run(args: readonly string[]): Promise<Output> {
    return runCommand('podman', this.#runArgs(args));
  }

  /** Starts a container, in the foreground of a child process. */
  start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    // Where the kernel kills a container for its memory, a file `oom` is left in the working directory.
    return spawn('podman', this.#runArgs(args), { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Process id of a container that runs. */
  async pidOf(container: string): Promise<number> {
    return Number(await succeed('podman', [...this.#fixed, 'inspect', '--format={{.State.Pid}}', container]));
  }

  #runArgs(args: readonly string[]): string[] {
    // The limits of this process may be above what a container may ask for.
    const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];
    return [...this.#fixed, 'run', '--rm', ...limits, ...args];
  }

  /** Calls with the folder that has the files of an image. */
  async mounted<T>(image: string, use: (folder: string) => T | Promise<T>): Promise<T> {
    const folder = (await succeed('podman', [...this.#fixed, 'image', 'mount', image])).trim();
    try {
      return await use(folder);
    } finally {
      await succeed('podman', [...this.#fixed, 'image', 'unmount', image]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runCommand('podman', [...this.#fixed, 'rm', '--all', '--force']);
    await runCommand('podman', [...this.#fixed, 'rmi', '--all', '--force']);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export interface ImageConfig {
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly ExposedPorts?: object;
    readonly Volumes?: object;
  };
}

/** Installs it where it is missing; tells why that cannot be done, where it cannot. */
export async function installPodman(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const missing = await Promise.all(PACKAGES.map((name) => fails('which', [name], env)));
  if (missing.every((why) => why === undefined)) return undefined;
  const install = ['install', '--yes', '--no-install-recommends', ...PACKAGES];
  const why = (await fails('apt-get', ['update'], env)) ?? (await fails('apt-get', install, env));
  return why && `${PACKAGES.join(', ')} are not all there, and cannot be installed: ${why}`;
}

/** What a command says when it fails, or why it cannot be run at all. */
async function fails(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { code, stderr } = await runCommand(command, args, { env });
    return code === 0 ? undefined : `${command} ended with ${code}: ${stderr.trim()}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function cannotRun(why: string): Error {
  return new Error(
    `CONTAINERS CANNOT RUN HERE: ${why}\nWITHOUT_CONTAINERS=true leaves the image untested, and says so.`,
  );
}
