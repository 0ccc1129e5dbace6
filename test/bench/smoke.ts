import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../demo/console.ts';
import { compare } from './comparison.ts';
import { type KeptRatios, ratiosToKeep, regressions } from './kept-ratios.ts';
import { machineText } from './machine.ts';
import { measure } from './measure.ts';
import { metricIds } from './metrics.ts';
import { report } from './report.ts';
import { settingsOf } from './settings.ts';

/**
 * `make bench-smoke`: the same on a small scale. Exit code 1 if a ratio is more than twice the one that was kept; with
 * --keep the ratios of this time are kept instead.
 */
const KEPT = join(import.meta.dirname, 'smoke-ratios.json');

const settings = settingsOf(process.env, { smoke: true });
const measured = await measure(settings, say);
const comparisons = compare(measured.pairs, metricIds(settings.scenarios));
console.log(report(comparisons, measured, settings));

if (process.argv.includes('--keep')) {
  const { machine } = measured;
  const kept: KeptRatios = {
    date: machine.date.slice(0, 10),
    machine: machineText(machine),
    ratios: ratiosToKeep(comparisons),
  };
  await writeFile(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`);
  say(`kept in ${KEPT}`);
} else {
  const found = regressions(comparisons, JSON.parse(await readFile(KEPT, 'utf8')) as KeptRatios);
  for (const regression of found) say(`REGRESSION ${regression}`);
  say(found.length === 0 ? 'no regression' : 'find out why; if it must be, make bench-smoke KEEP=1 keeps it');
  process.exitCode = found.length === 0 ? 0 : 1;
}
