import { join } from 'node:path';
import { elapsed } from '../controlplane/progress.ts';
import { say } from '../demo/console.ts';
import { compare, type Pair } from './comparison.ts';
import { Measurement } from './measurement.ts';
import { metricIds } from './metrics.ts';
import { report } from './report.ts';
import { resultsOf, writeResults } from './results.ts';
import { needsLives, runSeconds, settingsOf } from './settings.ts';

/**
 * `make bench`: the operator beside its peer. Exit code 0 unless something could not be measured: a goal that was missed
 * is shown, not an error. docs/benchmarks.md has the protocol.
 */
const RESULTS = join(import.meta.dirname, 'results/latest.json');

const settings = settingsOf(process.env);
say(`About ${elapsed(settings.runs * runSeconds(settings) * 1000)}`);
await using measurement = await Measurement.open(settings, say);
const pairs: Pair[] = [];
for (let run = 0; run < settings.runs; run++) {
  if (needsLives(settings.scenarios))
    pairs.push(await measurement.pair('operator'), await measurement.pair('peer'));
  if (settings.scenarios.has('catalogue')) pairs.push(await measurement.catalogue());
  if (settings.scenarios.has('gate')) pairs.push(await measurement.gate());
}
const comparisons = compare(pairs, metricIds(settings.scenarios));
await writeResults(RESULTS, resultsOf(comparisons, settings));
console.log(report(comparisons, measurement, settings));
say(`also in ${RESULTS}`);
