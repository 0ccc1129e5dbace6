import type { Comparison } from './comparison.ts';
import type { MetricId } from './metrics.ts';

/** Ratios of a smoke test that was found good, committed as `smoke-ratios.json`. */
export interface KeptRatios {
  /** When and where; another machine has somewhat other ratios. */
  readonly date: string;
  readonly machine: string;
  readonly ratios: Readonly<Partial<Record<MetricId, number>>>;
}

/** What a regression shows in. Times are not among them, nor figures too small to repeat. */
export const KEPT_METRICS: readonly MetricId[] = [
  'bootCpu',
  'bootApi',
  'steadyCpu',
  'steadyRss',
  'steadyRequests',
  'restartRate',
  'restartCpu',
];

/** A smoke test is short and the machine shared: it is wrong by a third, but not by this factor. */
const REGRESSION = 2;

export function ratiosToKeep(comparisons: readonly Comparison[]): KeptRatios['ratios'] {
  return Object.fromEntries(
    comparisons
      .filter(({ id, ratio }) => KEPT_METRICS.includes(id) && ratio !== undefined)
      .map(({ id, ratio }) => [id, Number(ratio!.median.toPrecision(3))]),
  );
}

/** What is twice as bad as it was, in words; empty if all is well. What was not measured this time is no regression. */
export function regressions(comparisons: readonly Comparison[], { ratios, date }: KeptRatios): string[] {
  return comparisons.flatMap(({ id, metric: { scenario, name }, ratio }) => {
    const kept = ratios[id];
    if (kept === undefined || ratio === undefined || ratio.median <= REGRESSION * kept) return [];
    return [
      `${scenario}, ${name}: ${ratio.median.toFixed(2)} × peer, more than ${REGRESSION} times the ${kept} of ${date}`,
    ];
  });
}
