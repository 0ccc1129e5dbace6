/**
 * Finds or builds the binaries of a control plane.
 *
 * Usage: node test/controlplane/build.ts [NAME...]
 *
 * Without names it is all of them. Those in $KUBEBUILDER_ASSETS are used as they are, the others are built once and
 * kept. The last line of stdout is a folder that holds all of them; everything else goes to stderr.
 */
import { join, resolve } from 'node:path';
import { BINARY_NAMES, type BinaryName, parseBinaryNames } from './binaries.ts';
import { compile } from './compile.ts';
import { isExecutable } from './executable.ts';
import { linkTogether } from './link-together.ts';
import { cacheFolder, readRecipe } from './recipe.ts';

/** Resolves with one folder that holds all binaries asked for; builds what neither assets nor cache have. */
export async function controlPlaneBinaries(
  names: readonly BinaryName[] = BINARY_NAMES,
  signal?: AbortSignal,
): Promise<string> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const given = assets ? names.filter((name) => isExecutable(resolve(assets, name))) : [];
  if (assets && given.length === names.length) return resolve(assets);
  const recipe = readRecipe();
  const own = names.filter((name) => !given.includes(name));
  const missing = own.filter((name) => !isExecutable(join(recipe.folder, name)));
  if (missing.length > 0) await compile(missing, recipe, signal);
  if (!assets || given.length === 0) return recipe.folder;
  const paths = [
    ...given.map((name) => resolve(assets, name)),
    ...own.map((name) => join(recipe.folder, name)),
  ];
  return linkTogether(paths, cacheFolder());
}

async function main(): Promise<void> {
  const abort = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143 };
  let code = 1;
  for (const [signal, itsCode] of Object.entries(codes)) {
    process.once(signal, () => {
      code = itsCode;
      abort.abort(new Error(`Interrupted by ${signal}`));
    });
  }
  try {
    const names = parseBinaryNames(process.argv.slice(2));
    console.log(await controlPlaneBinaries(names.length > 0 ? names : BINARY_NAMES, abort.signal));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = code;
  }
}

if (import.meta.main) await main();
