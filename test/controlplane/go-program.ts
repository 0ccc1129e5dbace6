import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const found = new Map<string, Promise<string>>();

/**
 * Path of the compiled program of a folder, which has its name. Built at the first call on this machine, then found in
 * the cache under the hash of its sources. Processes that build at the same time do not disturb each other: each
 * compiles into a folder of its own and the finished file is renamed into place.
 */
export function goProgram(sources: string): Promise<string> {
  const known = found.get(sources) ?? findOrBuild(sources);
  found.set(sources, known);
  return known;
}

async function findOrBuild(sources: string): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const name = basename(sources);
  const folder = join(cache, 'qlik-operator', name, await hashOf(sources));
  const program = join(folder, name);
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true });
    await build(sources, folder, program);
  }
  return program;
}

async function hashOf(sources: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const names = (await readdir(sources)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  for (const name of names) {
    hash.update(`${name}\n`).update(await readFile(join(sources, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function build(sources: string, folder: string, program: string): Promise<void> {
  const workshop = await mkdtemp(join(folder, 'build-'));
  try {
    const output = join(workshop, basename(program));
    const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -trimpath' };
    await promisify(execFile)('go', ['build', '-o', output, '.'], { cwd: sources, env: environment });
    await rename(output, program);
  } catch (cause) {
    throw new Error(`Cannot build the program of ${sources}: is Go 1.26 or newer on the PATH?`, { cause });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
