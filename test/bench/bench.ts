import { join } from 'node:path';
import { say } from '../demo/console.ts';
import { compare } from './comparison.ts';
import { measure } from './measure.ts';
import { metricIds } from './metrics.ts';
import { report } from './report.ts';
import { resultsOf, writeResults } from './results.ts';
import { settingsOf } from './settings.ts';

/**
 * `make bench`: the operator beside its peer. Exit code 0 unless something could not be measured: a goal that was missed
 * is shown, not an error. docs/benchmarks.md has the protocol.
 */
const RESULTS = join(import.meta.dirname, 'results/latest.json');

const settings = settingsOf(process.env);
const measured = await measure(settings, say);
const comparisons = compare(measured.pairs, metricIds(settings.scenarios));
await writeResults(RESULTS, resultsOf(comparisons));
console.log(report(comparisons, measured, settings));
say(`also in ${RESULTS}`);
