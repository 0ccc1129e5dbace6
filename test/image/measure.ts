/**
 * `make image-memory`: what the image takes with many servers, in a container with the memory of the chart's limit or another
 * one. SERVERS=1000 INTERVAL=60 LIMIT=256; KEEP=1 keeps it as what values.yaml rests on.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlPlane } from '../controlplane/start.ts';
import { buildImage } from './build.ts';
import { fleetInContainer } from './fleet-in-container.ts';
import { installPodman, Podman } from './podman.ts';

const KEPT = join(import.meta.dirname, 'measured.json');

function setting(name: string, fallback: number): number {
  const value = Number(process.env[name] || fallback);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} must be a whole number from 1; the value is "${process.env[name]}"`);
  return value;
}

const size = {
  servers: setting('SERVERS', 1000),
  interval: setting('INTERVAL', 60),
  limit: setting('LIMIT', 256),
};
const why = await installPodman();
if (why !== undefined) throw new Error(why);
await using podman = await Podman.open();
console.log('Building the image');
await buildImage(podman);
await using controlPlane = await startControlPlane();
console.log(`${size.servers} servers @ ${size.interval} s in a container of ${size.limit} MiB`);
const usage = await fleetInContainer(podman, controlPlane, size);
console.log(
  `${usage.anonymous} MiB at most, ${usage.idle} without servers; ${usage.heap} are V8's heap in the end`,
);
console.log(`${usage.program} MiB of the Node executable, ${usage.cpu} m of CPU`);
if (process.env['KEEP'] === '1') await writeFile(KEPT, `${JSON.stringify({ ...size, ...usage }, null, 2)}\n`);
