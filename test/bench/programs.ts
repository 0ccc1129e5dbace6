import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable } from '../controlplane/executable.ts';
import { requireGo } from '../controlplane/go-toolchain.ts';
import { lastLines } from '../controlplane/log-tail.ts';
import { openKeeper } from '../controlplane/processes.ts';
import { elapsed, reportProgress } from '../controlplane/progress.ts';

const GO = '1.26.0';

/** Such builds need no announcement. */
const SHORT_MS = 1_500;

const SOURCE = /(?:^|\/)go\.(?:mod|sum)$|\.(?:go|body)$/u;

const found = new Map<string, Promise<string>>();

/** Path of the compiled site of canned bytes (`responder/`). */
export function responderProgram(): Promise<string> {
  return programOf('responder');
}

/** Path of the compiled peer of the operator (`peer/`). */
export function peerProgram(): Promise<string> {
  return programOf('peer');
}

function programOf(name: string): Promise<string> {
  const known = found.get(name) ?? findOrBuild(name);
  found.set(name, known);
  return known;
}

/** Built at the first call on this machine, then found in the cache under the hash of its sources. */
async function findOrBuild(name: string): Promise<string> {
  const sources = join(import.meta.dirname, name);
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'qlik-operator', 'bench', await hashOf(sources));
  const program = join(folder, name);
  if (!isExecutable(program)) {
    await requireGo(GO);
    await mkdir(folder, { recursive: true });
    await build(name, sources, folder);
  }
  return program;
}

async function hashOf(sources: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const files = await readdir(sources, { recursive: true });
  for (const file of files.filter((name) => SOURCE.test(name)).sort()) {
    hash.update(`${file}\n`).update(await readFile(join(sources, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Each build works in a folder of its own, which the keeper removes, and its result is renamed into place. */
async function build(name: string, sources: string, folder: string): Promise<void> {
  const start = performance.now();
  await using keeper = await openKeeper(join(folder, '.building-'));
  const output = join(keeper.folder, `${name}.built`);
  const go = await keeper.start({
    name: 'go-build',
    command: 'go',
    args: ['build', '-v', '-trimpath', '-buildvcs=false', '-o', output, '.'],
    cwd: sources,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOTMPDIR: keeper.folder },
  });
  const announcement = setTimeout(
    () => console.error(`Building test/bench/${name} into ${folder}`),
    SHORT_MS,
  );
  using _progress = reportProgress(go.log, () => 'not linked yet');
  const { code } = await go.exited;
  clearTimeout(announcement);
  if (code !== 0)
    throw new Error(`go build of test/bench/${name} failed. Its output ends with:\n${lastLines(go.log)}`);
  await rename(output, join(folder, name));
  const took = performance.now() - start;
  if (took > SHORT_MS) console.error(`Built test/bench/${name} in ${elapsed(took)}`);
}
