import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elapsed } from '../../controlplane/progress.ts';
import { say } from '../../demo/console.ts';
import { Measurement } from '../measurement.ts';
import { lifeSeconds, settingsOf } from '../settings.ts';
import { type CpuProfile, sharesOf } from './cpu-profile.ts';
import { Parts } from './part.ts';

/** `make bench-profile`: what the operator's main thread is busy with. Its figures are shares; to profile costs CPU too. */
const RESULTS = join(import.meta.dirname, '../results');
const PROFILE = 'operator.cpuprofile';
/** Smaller parts are not told apart. */
const LEAST_SHARE = 0.02;

const settings = {
  // Without a restart: it would overwrite the profile.
  ...settingsOf({ ...process.env, SCENARIO: '' }, 'profile'),
  nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${RESULTS}`, `--cpu-prof-name=${PROFILE}`],
};
await mkdir(RESULTS, { recursive: true });
say(`1 life, about ${elapsed(lifeSeconds(settings) * 1000)}`);
await using measurement = await Measurement.open(settings, say);
const { spans } = await measurement.life('operator');
const profile = JSON.parse(await readFile(join(RESULTS, PROFILE), 'utf8')) as CpuProfile;
const parts = new Parts();
for (const [scenario, { from, ms }] of spans) {
  const { samples, byPart } = sharesOf(
    profile,
    { from: monotonic(from), to: monotonic(from + ms) },
    parts.of,
  );
  const large = byPart.filter(([, share]) => share >= LEAST_SHARE);
  const rest = byPart.slice(large.length).reduce((sum, [, share]) => sum + share, 0);
  console.log(`\n${scenario} (${samples} samples at work)`);
  for (const [part, share] of [...large, [`${byPart.length - large.length} others`, rest] as const])
    console.log(`${(share * 100).toFixed(1).padStart(6)} %  ${part}`);
}
say(`all of it is in ${join(RESULTS, PROFILE)}, for the developer tools of a browser`);

/** The profiler's clock, in microseconds, from this process's. */
function monotonic(ms: number): number {
  return Number(process.hrtime.bigint()) / 1000 + (ms - performance.now()) * 1000;
}
