import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Milliseconds for a group to end what it has started. */
const GRACE = 5_000;

interface GroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the process and all that it has started. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end, in a process group that can be ended as one; resolves with what it printed. */
export async function runInGroup(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: GroupOptions,
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (how: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, how);
    } catch {
      // It has ended by itself.
    }
  };
  let last: NodeJS.Timeout | undefined;
  const abort = () => {
    kill('SIGTERM');
    last = setTimeout(() => kill('SIGKILL'), GRACE);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return stdout + stderr;
  } finally {
    clearTimeout(last);
    signal.removeEventListener('abort', abort);
  }
}
