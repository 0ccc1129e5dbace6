import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

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

/** Where the modules of a bundle come from: esbuild writes it above each. */
export function originsOf(texts: ReadonlyMap<string, string>): string[] {
  const code = [...texts].filter(([path]) => path.endsWith('.mjs')).map(([, text]) => text);
  const origins = code.join('\n').matchAll(/^ *\/\/ ((?:src|node_modules|test|deploy)\/\S+)$/gmu);
  return [...origins].map(([, origin]) => origin ?? '');
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
