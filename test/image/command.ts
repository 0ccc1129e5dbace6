import { runCommand } from '../controlplane/command.ts';

/** Runs a command that must succeed; returns what it printed. */
export async function succeed(command: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}
