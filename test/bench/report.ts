import type { Comparison } from './comparison.ts';
import { machineText } from './machine.ts';
import type { Measurement } from './measurement.ts';
import { noiseText } from './noise.ts';
import type { Settings } from './settings.ts';
import { table } from './table.ts';

/** All that a reader needs to judge what was measured. */
export function report(
  comparisons: readonly Comparison[],
  { lives, loads, machine }: Pick<Measurement, 'lives' | 'loads' | 'machine'>,
  { runs, scenarios, servers, apps, jobs, interval, concurrency, latency }: Settings,
): string {
  const measured = [
    ...(lives > 0
      ? [
          `Medians of ${lives / 2} lives each; ${servers} servers @ ${interval} s, ${concurrency} checks in flight, answers after ${latency} ms`,
        ]
      : []),
    ...(scenarios.has('catalogue') ? [`Catalogue: ${apps} apps; medians of ${runs}`] : []),
    ...(scenarios.has('gate') ? [`Gate: ${jobs} Jobs; medians of ${runs}`] : []),
  ];
  return `
${table(comparisons)}

${measured.join('\n')}
${machineText(machine)}
${noiseText(loads)}`;
}
