import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Metafile } from 'esbuild';

/** Path → size of every file below a folder, but those that another folder has as well. */
export function filesOf(folder: string, base: ReadonlySet<string> = new Set()): Map<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files
      .map((file) => [`/${relative(folder, file)}`, file] as const)
      .filter(([path]) => !base.has(path))
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([path, file]) => [path, statSync(file).size]),
  );
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Where the modules of the bundle that was made last come from, those of which nothing is in it left out. */
export function originsOf(metafile: string): string[] {
  const { outputs } = JSON.parse(readFileSync(metafile, 'utf8')) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input);
}

/** Names of the packages in a bill of materials, without the operator itself. */
export function packagesOf(billOfMaterials: string): string[] {
  const { packages } = JSON.parse(billOfMaterials) as {
    readonly packages: readonly { readonly name: string; readonly primaryPackagePurpose: string }[];
  };
  return packages
    .filter(({ primaryPackagePurpose }) => primaryPackagePurpose === 'LIBRARY')
    .map(({ name }) => name);
}
