import type { Comparison } from './comparison.ts';
import { machineText } from './machine.ts';
import type { Measured } from './measure.ts';
import { noiseText } from './noise.ts';
import type { Settings } from './settings.ts';
import { table } from './table.ts';

/** All that a reader needs to judge what was measured. */
export function report(
  comparisons: readonly Comparison[],
  { loads, machine }: Measured,
  { runs, servers, interval, concurrency, latency }: Settings,
): string {
  return `
${table(comparisons)}

Medians of ${2 * runs} lives each; ${servers} servers @ ${interval} s, ${concurrency} checks in flight, answers after ${latency} ms
${machineText(machine)}
${noiseText(loads)}`;
}
