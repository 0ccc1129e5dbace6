import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { EndOrder, Exit, SpawnOrder } from './keeper-protocol.ts';

interface Child {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly isRunning: () => boolean;
}

/** The processes a keeper owns, in the order in which they were first started. */
export class Children {
  /** By name: a process that is started again keeps the place of its predecessor. */
  readonly #children = new Map<string, Child>();
  readonly #onExit: (pid: number, exit: Exit) => void;

  constructor(onExit: (pid: number, exit: Exit) => void) {
    this.#onExit = onExit;
  }

  /** Spawns in a process group of its own, so that the process and whatever it spawns can be ended together. */
  async spawn(order: SpawnOrder): Promise<number> {
    const log = openSync(order.log, 'a');
    const child = spawn(order.command, order.args, {
      cwd: order.cwd,
      env: order.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { pid } = child;
    if (pid !== undefined) {
      const exited = new Promise<void>((resolve) => {
        child.once('exit', (code, signal) => {
          signalGroup(pid, 'SIGKILL'); // Whatever the process spawned and left behind.
          this.#onExit(pid, { code, signal });
          resolve();
        });
      });
      const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
      this.#children.set(order.name, { pid, exited, isRunning });
    }
    await once(child, 'spawn'); // Rejects with the reason, such as a command that does not exist.
    return child.pid!;
  }

  /** Ends one process. One that has ended already is no error: the caller cannot know. */
  async end(pid: number, order: EndOrder): Promise<void> {
    const child = [...this.#children.values()].find((one) => one.pid === pid);
    if (child !== undefined) await end(child, order);
  }

  /** Ends all of them, last started first: whoever depends on another was started after it. */
  async endAll(order: EndOrder): Promise<void> {
    for (const child of [...this.#children.values()].reverse()) await end(child, order);
  }
}

async function end(child: Child, order: EndOrder): Promise<void> {
  if (!child.isRunning()) return; // Its process id may belong to somebody else by now.
  signalGroup(child.pid, order.signal);
  const timer = setTimeout(() => {
    signalGroup(child.pid, 'SIGKILL');
  }, order.graceMs);
  await child.exited;
  clearTimeout(timer);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
