import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { METAFILE } from './bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** A package of which code is in the bundle, as the lock file knows it. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** As in the lock file: algorithm, `-`, base64. */
  readonly integrity: string;
  readonly folder: string;
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly license?: string; readonly integrity?: string }>
  >;
}

/**
 * Every package of which code is in the bundle that was made last, sorted. By what the bundler has used, and not by
 * `npm sbom`: that lists what was left out and, with --omit, forgets
 * packages that a development tool depends on as well.
 */
export function bundledPackages(): BundledPackage[] {
  const { outputs } = JSON.parse(readFileSync(METAFILE, 'utf8')) as Metafile;
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = new Set(used.flatMap(([input]) => packageFolder(input) ?? []));
  return [...folders].sort().map((folder) => {
    const { version, license, integrity } = packages[folder] ?? {};
    if (version === undefined || license === undefined || integrity === undefined)
      throw new Error(`package-lock.json has no version, license or integrity for ${folder}`);
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return { name, version, license, integrity, folder: path.join(ROOT, folder) };
  });
}

/** `node_modules/@a/b` of `node_modules/@a/b/lib/c.js`; with packages inside packages, the innermost. */
function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(input)?.[0];
}
