import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EndOrder, Exit, KeeperMessage, KeeperRequest } from './keeper-protocol.ts';

export type { EndOrder, Exit } from './keeper-protocol.ts';

/** A process to start, with the defaults one expects: this process's environment and working directory. */
export interface KeptCommand {
  /** Unique in its keeper among the running; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** The whole environment, as in `node:child_process`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A process that ends, at the latest, with the process that started it. */
export interface KeptProcess {
  readonly name: string;
  readonly pid: number;
  /** The file with its stdout and stderr; goes with the keeper's folder. */
  readonly log: string;
  /** Resolves when it ends, for whatever reason. Waiting for it does not keep this process from ending. */
  readonly exited: Promise<Exit>;
  /** How it ended, or undefined while it runs: for loops that wait for something else. */
  readonly exit: Exit | undefined;
  /** SIGTERM, or the signal given, then SIGKILL after the grace period; resolves when it has ended. */
  readonly end: (order?: Partial<EndOrder>) => Promise<void>;
}

const KEEPER = join(import.meta.dirname, 'keeper.ts');
const ORDERLY: EndOrder = { signal: 'SIGTERM', graceMs: 5000 };

interface Spawned {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;
}

type KeeperChild = ChildProcessByStdio<Socket, Socket, null>;

/**
 * Starts a keeper with a fresh temporary folder. Open it before anything else is made that must not outlive this
 * process, and put whatever must go with it into its folder.
 */
export async function openKeeper(folderPrefix = join(tmpdir(), 'qlik-operator-')): Promise<Keeper> {
  const child = spawn(process.execPath, [KEEPER, folderPrefix], {
    cwd: '/',
    detached: true, // Ctrl-C goes to the whole process group: not to this one.
    stdio: ['pipe', 'pipe', 'ignore'],
  }) as KeeperChild;
  return Keeper.connect(child);
}

/** This side of a keeper. It does not keep the event loop alive, but while an answer is awaited. */
export class Keeper implements AsyncDisposable {
  readonly #child: KeeperChild;
  readonly #gone: Promise<void>;
  readonly #answers = new Map<number, PromiseWithResolvers<Spawned | undefined>>();
  /** By process id, and no longer than it runs: process ids are reused. */
  readonly #running = new Map<number, (exit: Exit) => void>();
  #folder = '';
  #lastId = 0;
  #waiting = 0;

  private constructor(child: KeeperChild) {
    this.#child = child;
    this.#gone = once(child, 'close').then(() => {
      this.#lost();
    });
  }

  static async connect(child: KeeperChild): Promise<Keeper> {
    const keeper = new Keeper(child);
    const { promise, resolve } = Promise.withResolvers<void>();
    child.stdin.on('error', () => undefined); // A keeper that died is noticed by #gone.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as KeeperMessage;
      keeper.#hear(message);
      if (message.say === 'folder') resolve();
    });
    await keeper.#alive(Promise.race([promise, keeper.#gone]));
    if (keeper.#folder === '') throw new Error(`The keeper did not start: node ${KEEPER}`);
    return keeper;
  }

  /** The temporary folder, removed when everything has ended. */
  get folder(): string {
    return this.#folder;
  }

  /** Starts a process; resolves when it was executed, rejects if it could not be. */
  async start({
    name,
    command,
    args = [],
    cwd = process.cwd(),
    env = process.env,
  }: KeptCommand): Promise<KeptProcess> {
    const log = join(this.#folder, `${name}.log`);
    const spawned = await this.#ask({
      do: 'spawn',
      id: ++this.#lastId,
      order: { name, command, args, cwd, env, log },
    });
    if (spawned === undefined) throw new Error(`The keeper did not tell the process id of ${name}`);
    const { pid, exited } = spawned;
    const end = async (order: Partial<EndOrder> = {}): Promise<void> => {
      if (spawned.exit !== undefined) return;
      await this.#ask({ do: 'end', id: ++this.#lastId, pid, order: { ...ORDERLY, ...order } });
      await exited;
    };
    return {
      name,
      pid,
      log,
      exited,
      end,
      get exit() {
        return spawned.exit;
      },
    };
  }

  /** Ends all processes, last started first, and removes the folder. May be called again. */
  async stop(order: Partial<EndOrder> = {}): Promise<void> {
    this.#send({ do: 'end-all', order: { ...ORDERLY, ...order } });
    await this.#alive(this.#gone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #ask(request: Extract<KeeperRequest, { id: number }>): Promise<Spawned | undefined> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error('The keeper has ended');
    const answer = Promise.withResolvers<Spawned | undefined>();
    this.#answers.set(request.id, answer);
    this.#send(request);
    return this.#alive(answer.promise);
  }

  #send(request: KeeperRequest): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  #hear(message: KeeperMessage): void {
    switch (message.say) {
      case 'folder':
        this.#folder = message.folder;
        break;
      case 'exited':
        this.#running.get(message.pid)?.(message.exit);
        break;
      case 'done':
        this.#answer(message.id)?.resolve(message.pid === undefined ? undefined : this.#watch(message.pid));
        break;
      case 'failed':
        this.#answer(message.id)?.reject(new Error(message.reason));
    }
  }

  #answer(id: number): PromiseWithResolvers<Spawned | undefined> | undefined {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    return answer;
  }

  /** Called as soon as the process id is heard, so that an exit right behind it is not missed. */
  #watch(pid: number): Spawned {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    const spawned: Spawned = { pid, exited: promise, exit: undefined };
    this.#running.set(pid, (exit) => {
      this.#running.delete(pid);
      spawned.exit = exit;
      resolve(exit);
    });
    return spawned;
  }

  /** A keeper that was itself killed has left everything: it is cleared away from here. */
  #lost(): void {
    for (const { reject } of this.#answers.values()) reject(new Error('The keeper has ended'));
    for (const [pid, exited] of this.#running) {
      killGroup(pid);
      exited({ code: null, signal: 'SIGKILL' });
    }
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Keeps the event loop alive until the promise is settled. */
  async #alive<T>(promise: Promise<T>): Promise<T> {
    const handles = [this.#child, this.#child.stdin, this.#child.stdout];
    if (this.#waiting++ === 0) for (const handle of handles) handle.ref();
    try {
      return await promise;
    } finally {
      if (--this.#waiting === 0) for (const handle of handles) handle.unref();
    }
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
