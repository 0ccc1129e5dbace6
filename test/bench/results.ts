import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Comparison } from './comparison.ts';
import type { Settings } from './settings.ts';
import type { Spread } from './spread.ts';

/** What a figure depends on; without it, no two can be compared. */
type Load = Pick<Settings, 'servers' | 'interval' | 'concurrency' | 'latency'>;

/** A figure for other programs. `goal` is the most it may be. */
export interface Result extends Load {
  readonly scenario: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number | null;
  readonly met: boolean | null;
}

/** Up to three of each: the operator, the peer, and the first by the second. All are medians. */
export function resultsOf(
  comparisons: readonly Comparison[],
  { servers, interval, concurrency, latency }: Load,
): Result[] {
  const load = { servers, interval, concurrency, latency };
  return comparisons.flatMap(
    ({ metric: { scenario, name, unit, goal, beside = 'peer' }, operator, peer, ratio, met = null }) => {
      const noGoal = { goal: null, met: null };
      const own = goal?.of === 'value' ? { goal: goal.atMost, met } : noGoal;
      const relative = goal?.of === 'ratio' ? { goal: goal.atMost, met } : noGoal;
      const value = ({ median }: Spread) => Number(median.toPrecision(4));
      return [
        { scenario, metric: name, value: value(operator), unit, ...own, ...load },
        ...(peer === undefined
          ? []
          : [{ scenario, metric: `${name} (${beside})`, value: value(peer), unit, ...noGoal, ...load }]),
        ...(ratio === undefined
          ? []
          : [
              {
                scenario,
                metric: `${name} (ratio)`,
                value: value(ratio),
                unit: 'ratio',
                ...relative,
                ...load,
              },
            ]),
      ];
    },
  );
}

export async function writeResults(file: string, results: readonly Result[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const lines = results.map((result) => `  ${JSON.stringify(result)}`);
  await writeFile(file, `[\n${lines.join(',\n')}\n]\n`);
}
