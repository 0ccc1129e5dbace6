import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of `go.mod`, where `go build` has to run. */
export const MODULE_FOLDER = import.meta.dirname;

/** All that decides what is built, and the cache folder that belongs to exactly this. */
export interface Recipe {
  /** Oldest Go that will do, such as `1.26.0`: the `go` directive. */
  readonly goVersion: string;
  readonly buildFlags: readonly string[];
  readonly buildEnv: Readonly<Record<string, string>>;
  readonly folder: string;
}

/**
 * Reads the recipe. The version of the installed Go is left out on purpose: a patch of the compiler does not make
 * the binaries stale, and a machine with all of them built needs no Go at all.
 */
export function readRecipe(env: NodeJS.ProcessEnv = process.env): Recipe {
  const goMod = readFileSync(join(MODULE_FOLDER, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(MODULE_FOLDER, 'go.sum'), 'utf8');
  const buildFlags = ['-trimpath', `-ldflags=${linkerFlags(find(goMod, /^\s*k8s\.io\/kubernetes (v\S+)/m))}`];
  const buildEnv = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off', GOOS: '', GOARCH: '' };
  const parts = [goMod, goSum, buildFlags, buildEnv, process.platform, process.arch];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return {
    goVersion: find(goMod, /^go (\S+)$/m),
    buildFlags,
    buildEnv,
    folder: join(cacheFolder(env), hash),
  };
}

/** Where binaries of all recipes are kept; may be deleted at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'qlik-operator', 'control-plane');
}

/** Without its version the API server calls itself v0.0.0-master, which Helm takes for too old. */
function linkerFlags(version: string): string {
  const [major, minor] = version.slice(1).split('.');
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ['-s', '-w', ...set].join(' ');
}

function find(goMod: string, pattern: RegExp): string {
  const found = pattern.exec(goMod)?.[1];
  if (found === undefined) throw new Error(`No ${pattern} in ${join(MODULE_FOLDER, 'go.mod')}`);
  return found;
}
