import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Whether this clone has the commit: a shallow one may not. */
export async function hasCommit(commit: string): Promise<boolean> {
  const { code } = await runCommand('git', ['-C', ROOT, 'cat-file', '-e', `${commit}^{commit}`]);
  return code === 0;
}

/** The operator of a commit. */
export interface CommitBundle {
  /** The script to run. */
  readonly script: string;
  /** All conditions that it knows. */
  readonly conditionTypes: readonly string[];
}

/** Bundles the operator of another commit in an empty folder, with its own script and the packages of this one. */
export async function bundleOfCommit(commit: string, folder: string): Promise<CommitBundle> {
  const archive = join(folder, 'source.tar');
  await run('git', ['-C', ROOT, 'archive', `--output=${archive}`, commit, 'src', 'deploy', 'package.json']);
  await run('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const script = await run(process.execPath, [join(folder, 'deploy/bundle.ts')]);
  const conditions = `import(${JSON.stringify(join(folder, 'src/api/conditions.ts'))})`;
  const types = await run(process.execPath, [
    '--eval',
    `${conditions}.then(({ CONDITION_TYPES }) => console.log(CONDITION_TYPES.join()))`,
  ]);
  return { script: script.trim(), conditionTypes: types.trim().split(',') };
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
