import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type BinaryName, goBuildName, PACKAGES } from './binaries.ts';
import { isExecutable } from './executable.ts';
import { requireGo } from './go-toolchain.ts';
import { lastLines } from './log-tail.ts';
import { type Keeper, openKeeper } from './processes.ts';
import { elapsed, reportProgress } from './progress.ts';
import { MODULE_FOLDER, type Recipe } from './recipe.ts';

/**
 * Builds binaries into the recipe's folder, all with one `go build`, as they share most packages. A binary appears
 * there by a rename, so it is whole or absent, and builds of two checkouts at a time do no harm.
 */
export async function compile(
  names: readonly BinaryName[],
  recipe: Recipe,
  signal?: AbortSignal,
): Promise<void> {
  await requireGo(recipe.goVersion);
  signal?.throwIfAborted();
  await mkdir(recipe.folder, { recursive: true });
  console.error(`Building ${names.join(', ')} into ${recipe.folder}`);
  console.error(
    '  The first time takes about 12 minutes on 2 cores, module download included; later ones seconds.',
  );
  const start = performance.now();
  // The keeper ends the compilers and removes the half-done work, whatever happens to this process.
  await using keeper = await openKeeper(join(recipe.folder, '.building-'));
  await goBuild(keeper, names, recipe, signal);
  for (const name of names) await rename(join(keeper.folder, goBuildName(name)), join(recipe.folder, name));
  console.error(`Built in ${elapsed(performance.now() - start)}`);
}

async function goBuild(
  keeper: Keeper,
  names: readonly BinaryName[],
  recipe: Recipe,
  signal?: AbortSignal,
): Promise<void> {
  const packages = names.map((name) => PACKAGES[name]);
  const go = await keeper.start({
    name: 'go-build',
    command: 'go',
    args: ['build', '-v', ...recipe.buildFlags, '-o', `${keeper.folder}/`, ...packages],
    cwd: MODULE_FOLDER,
    env: { ...process.env, ...recipe.buildEnv, GOTMPDIR: keeper.folder },
  });
  const abort = (): void => void go.end().catch(() => undefined); // A lost keeper ends it as well.
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  using _progress = reportProgress(go.log, () => {
    const done = names.filter((name) => isExecutable(join(keeper.folder, goBuildName(name))));
    return `${done.length} of ${names.length} binaries linked`;
  });
  const { code } = await go.exited;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`go build failed. Its output ends with:\n${lastLines(go.log)}`);
}
