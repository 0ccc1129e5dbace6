import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elapsed } from '../controlplane/progress.ts';
import { say } from '../demo/console.ts';
import { compare } from './comparison.ts';
import { type KeptRatios, ratiosToKeep, regressions } from './kept-ratios.ts';
import { machineText } from './machine.ts';
import { Measurement } from './measurement.ts';
import { metricIds } from './metrics.ts';
import { report } from './report.ts';
import { lifeSeconds, settingsOf } from './settings.ts';

/**
 * `make bench-smoke`: the same on a small scale. Exit code 1 if two pairs in a row say that a ratio has doubled; with
 * --keep the ratios of this time are kept instead.
 */
const KEPT = join(import.meta.dirname, 'smoke-ratios.json');

const keep = process.argv.includes('--keep');
const settings = settingsOf(process.env, 'smoke');
const kept = JSON.parse(await readFile(KEPT, 'utf8')) as KeptRatios;
say(`2 lives, about ${elapsed(2 * lifeSeconds(settings) * 1000)}`);
await using measurement = await Measurement.open(settings, say);

const pairs = [await measurement.pair('operator')];
const compared = () => compare(pairs, metricIds(settings.scenarios));
const suspicions = regressions(compared(), kept);
if (keep || suspicions.length > 0) {
  for (const suspicion of suspicions) say(`SUSPICION ${suspicion}`);
  say('measuring another pair, the other way round');
  pairs.push(await measurement.pair('peer'));
}
console.log(report(compared(), measurement, settings));

if (keep) {
  const { machine } = measurement;
  const now: KeptRatios = {
    date: machine.date.slice(0, 10),
    machine: machineText(machine),
    ratios: ratiosToKeep(compared()),
  };
  await writeFile(KEPT, `${JSON.stringify(now, undefined, 2)}\n`);
  say(`kept in ${KEPT}`);
} else {
  const found = regressions(compared(), kept);
  for (const regression of found) say(`REGRESSION ${regression}`);
  say(found.length === 0 ? 'no regression' : 'find out why; if it must be, make bench-smoke KEEP=1 keeps it');
  process.exitCode = found.length === 0 ? 0 : 1;
}
