import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a command printed, and how it ended. A failure is a result: tests look at it. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 1 if a signal ended it. */
  readonly code: number;
}

/** Runs a command to its end. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { env = process.env, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Output> {
  const child = spawn(command, args, { env, stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // It may end without reading.
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code: code ?? 1 };
}
