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

/**
 * What has doubled shows as so much at least. A smoke test is short and the machine may be shared: at a load of 7 to
 * 13 on two cores, single pairs were up to 1.3 times what is kept (measured).
 */
const LIMIT = 1.6;

export function ratiosToKeep(comparisons: readonly Comparison[]): KeptRatios['ratios'] {
  return Object.fromEntries(
    comparisons
      .filter(({ id, ratio }) => KEPT_METRICS.includes(id) && ratio !== undefined)
      .map(({ id, ratio }) => [id, Number(ratio!.median.toPrecision(3))]),
  );
}

/** What every pair says is far worse than it was, in words. What was not measured this time is no regression. */
export function regressions(comparisons: readonly Comparison[], { ratios, date }: KeptRatios): string[] {
  return comparisons.flatMap(({ id, metric: { scenario, name }, ratio }) => {
    const kept = ratios[id];
    if (kept === undefined || ratio === undefined || ratio.min <= LIMIT * kept) return [];
    return [
      `${scenario}, ${name}: ${ratio.min.toFixed(2)} × peer, more than ${LIMIT} times the ${kept} of ${date}`,
    ];
  });
}
