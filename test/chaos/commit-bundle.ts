import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Whether this clone has the commit: a shallow one may not. */
export async function hasCommit(commit: string): Promise<boolean> {
  const { code } = await runCommand('git', ['-C', ROOT, 'cat-file', '-e', `${commit}^{commit}`]);
  return code === 0;
}

/** Bundles the operator of another commit in an empty folder, with its own script and the packages of this one. */
export async function bundleOfCommit(commit: string, folder: string): Promise<string> {
  const archive = join(folder, 'source.tar');
  await run('git', ['-C', ROOT, 'archive', `--output=${archive}`, commit, 'src', 'deploy', 'package.json']);
  await run('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const bundle = await run(process.execPath, [join(folder, 'deploy/bundle.ts')]);
  return bundle.trim();
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
