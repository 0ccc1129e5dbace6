import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { version } from '../../src/version.ts';
import type { Podman } from './podman.ts';
import { standInForBuild, standInForRuntime } from './stand-in.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILD = 'localhost/stand-in-for-build';
export const IMAGE = 'localhost/qlik-operator';
export const RUNTIME = 'localhost/stand-in-for-runtime';
export const REVISION = '0123abc';

/** Builds the image with the Dockerfile, upon bases that are made on this machine. */
export async function buildImage(podman: Podman): Promise<void> {
  await buildBases(podman);
  await podman.proveThatContainersRun(RUNTIME, ['/nodejs/bin/node', '--version']);
  await podman.build(ROOT, IMAGE, [
    `--build-arg=BUILD_IMAGE=${BUILD}`,
    `--build-arg=RUNTIME_IMAGE=${RUNTIME}`,
    `--build-arg=VERSION=${version()}`,
    `--build-arg=REVISION=${REVISION}`,
  ]);
}

async function buildBases(podman: Podman): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-operator-stand-in-'));
  try {
    await standInForRuntime(join(folder, 'runtime'));
    await podman.build(join(folder, 'runtime'), RUNTIME);
    await standInForBuild(join(folder, 'build'));
    await podman.build(join(folder, 'build'), BUILD);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
