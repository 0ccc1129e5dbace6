import type { Mutant } from './mutant.ts';

/** How tests are run: `cluster` has a control plane, which takes its time; the others need none. */
export type Project = 'unit' | 'integration' | 'cluster';

const CLUSTER = /^test\/integration\/(?:server|kubernetes|crd)\//u;

export function projectOf({ testFile }: Pick<Mutant, 'testFile'>): Project {
  if (testFile.startsWith('src/')) return 'unit';
  return CLUSTER.test(testFile) ? 'cluster' : 'integration';
}
