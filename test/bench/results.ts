import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Comparison } from './comparison.ts';

/** A figure for other programs. `goal` is the most it may be. */
export interface Result {
  readonly scenario: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: number | null;
  readonly met: boolean | null;
}

/** Up to three results each: the operator, the peer, and the first by the second. All are medians. */
export function resultsOf(comparisons: readonly Comparison[]): Result[] {
  return comparisons.flatMap(
    ({ metric: { scenario, name, unit, goal }, operator, peer, ratio, met = null }) => {
      const own = goal?.of === 'value' ? { goal: goal.atMost, met } : { goal: null, met: null };
      const relative = goal?.of === 'ratio' ? { goal: goal.atMost, met } : { goal: null, met: null };
      return [
        { scenario, metric: name, value: rounded(operator.median), unit, ...own },
        { scenario, metric: `${name} (peer)`, value: rounded(peer.median), unit, goal: null, met: null },
        ...(ratio === undefined
          ? []
          : [
              {
                scenario,
                metric: `${name} (ratio)`,
                value: rounded(ratio.median),
                unit: 'ratio',
                ...relative,
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

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
