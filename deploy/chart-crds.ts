import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const CRDS = path.join(ROOT, 'crds');
const COPIES = path.join(ROOT, 'charts/qlik-operator/files/crds');

/** File name → text of each CRD in a folder. */
function read(folder: string): Record<string, string> {
  const files = globSync('*.yaml', { cwd: folder }).sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
}

/** The CRDs as generated and as the chart has them: a chart is packed from its own folder, so it needs copies. */
export function chartCrds(): {
  readonly generated: Readonly<Record<string, string>>;
  readonly copied: Readonly<Record<string, string>>;
} {
  return { generated: read(CRDS), copied: read(COPIES) };
}

/** Makes the copies of the chart equal to crds/: part of `make generate`. */
export function copyCrdsToChart(): void {
  rmSync(COPIES, { recursive: true, force: true });
  mkdirSync(COPIES, { recursive: true });
  for (const [file, content] of Object.entries(read(CRDS))) writeFileSync(path.join(COPIES, file), content);
}

if (import.meta.main) copyCrdsToChart();
