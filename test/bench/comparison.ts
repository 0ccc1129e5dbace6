import { type Figures, METRICS, type Metric, type MetricId } from './metrics.ts';
import { type Spread, spreadOf } from './spread.ts';

/** Figures of two lives that followed each other. */
export interface Pair {
  readonly operator: Figures;
  readonly peer: Figures;
}

/** `equal`: some pair says more and some pair less, so that nothing can be said. */
export type Verdict = 'less' | 'equal' | 'more';

/** Equal counts over times that differ by a few milliseconds are no difference. */
const NO_DIFFERENCE = 0.005;

export interface Comparison {
  readonly id: MetricId;
  readonly metric: Metric;
  readonly operator: Spread;
  /** `undefined` where only the operator was measured. */
  readonly peer: Spread | undefined;
  /** Operator by peer within each pair; `undefined` where the peer has none, or 0. */
  readonly ratio: Spread | undefined;
  readonly verdict: Verdict | undefined;
  /** Whether the goal is met by the median; `undefined` without a goal. */
  readonly met: boolean | undefined;
}

/** Compares what was measured; a metric that was not measured of the operator is left out. */
export function compare(pairs: readonly Pair[], ids: readonly MetricId[]): Comparison[] {
  return ids.flatMap((id) => {
    const values = pairs.flatMap(({ operator, peer }) => {
      const [ours, theirs] = [operator[id], peer[id]];
      return ours === undefined ? [] : [[ours, theirs] as const];
    });
    const operator = spreadOf(values.map(([ours]) => ours));
    if (operator === undefined) return [];
    const peer = spreadOf(values.flatMap(([, theirs]) => theirs ?? []));
    const ratio = spreadOf(values.map(([ours, theirs = NaN]) => ours / theirs).filter(Number.isFinite));
    const metric: Metric = METRICS[id];
    return [
      { id, metric, operator, peer, ratio, verdict: verdictOf(ratio), met: isMet(metric, operator, ratio) },
    ];
  });
}

function verdictOf(ratio: Spread | undefined): Verdict | undefined {
  if (ratio === undefined) return undefined;
  if (ratio.min <= 1 + NO_DIFFERENCE && ratio.max >= 1 - NO_DIFFERENCE) return 'equal';
  return ratio.max < 1 ? 'less' : 'more';
}

function isMet({ goal }: Metric, operator: Spread, ratio: Spread | undefined): boolean | undefined {
  if (goal === undefined) return undefined;
  const { median } = goal.of === 'value' ? operator : (ratio ?? { median: NaN });
  return median <= goal.atMost;
}
