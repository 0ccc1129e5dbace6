import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Steps that need nodes and a Qlik server. */
const NEEDS_MORE = /(rollout status|wait --for)/u;

/** The commands of NOTES.txt, as a person would paste them, for one namespace. */
export function commandsOf(notes: string, namespace: string): string {
  const lines = notes.slice(notes.indexOf('NOTES:')).split('\n');
  const commands: string[] = [];
  let isCommand = false;
  let ends = '';
  for (const line of lines) {
    isCommand ||= line.startsWith('kubectl ');
    if (!isCommand) continue;
    if (ends === '' && line.endsWith('<<END')) ends = 'END';
    if (!NEEDS_MORE.test(line)) commands.push(line.replaceAll('NAMESPACE', namespace));
    if (line === ends) ends = '';
    isCommand = ends !== '' || line.endsWith('\\');
  }
  return commands.join('\n');
}

/** Runs commands in a shell whose `kubectl` is the admin's, in a folder with the files that they speak of. */
export async function runCommands(
  commands: string,
  { binaries, kubeconfig, folder }: { binaries: string; kubeconfig: string; folder: string },
): Promise<{ readonly code: number; readonly output: string }> {
  await writeFile(join(folder, 'client.pfx'), 'not a certificate, but it need not be');
  await writeFile(join(folder, 'root.pem'), 'nor this');
  const script = join(folder, 'notes.sh');
  await writeFile(script, commands);
  await chmod(script, 0o700);
  const env = { PATH: `${binaries}:${process.env['PATH']}`, KUBECONFIG: kubeconfig, HOME: folder };
  const child = spawn('bash', ['-eu', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code: code ?? 1, output: stdout + stderr };
}
