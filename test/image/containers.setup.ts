import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installPodman } from './podman.ts';

/** Read by `.ci/run`, which says at its end what was skipped. */
const SKIPPED = resolve(import.meta.dirname, '../../dist/test-results/skipped');

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there can be no containers on this machine; empty where there can. */
    readonly noContainers: string;
  }
}

/** Without podman the image can't be tested; that is no failure of the image, but is said aloud. */
export default async function setup(project: TestProject): Promise<void> {
  const why =
    process.env['WITHOUT_CONTAINERS'] === 'true' ? 'WITHOUT_CONTAINERS=true' : await installPodman();
  project.provide('noContainers', why ?? '');
  if (why === undefined) return;
  const message = `skipped: THE IMAGE IS NOT TESTED, as there are no containers here: ${why}`;
  console.warn(message);
  await mkdir(SKIPPED, { recursive: true });
  await writeFile(join(SKIPPED, 'image.txt'), `${message}\n`);
}
