import type { Comparison } from './comparison.ts';
import type { Metric } from './metrics.ts';
import type { Spread } from './spread.ts';

const HEAD = ['scenario', 'metric', 'unit', 'operator', 'peer', 'ratio [range]', '', 'goal', 'met'];
/** Columns of figures, whose digits stand below each other. */
const FIGURES = new Set([3, 4, 5]);

/** The comparisons for people. */
export function table(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ metric, operator, peer, ratio, verdict = '', met }, index) => [
    metric.scenario === comparisons[index - 1]?.metric.scenario ? '' : metric.scenario,
    metric.name,
    metric.unit,
    figure(operator.median),
    peer === undefined ? '–' : figure(peer.median),
    ratio === undefined ? '–' : withRange(ratio),
    verdict,
    goalText(metric),
    met === undefined ? '' : met ? 'yes' : 'NO',
  ]);
  return aligned([HEAD, ...rows]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const cell = (text: string, column: number) =>
    FIGURES.has(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

function withRange({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} [${min.toFixed(2)}–${max.toFixed(2)}]`;
}

function goalText({ goal, beside = 'peer' }: Metric): string {
  if (goal === undefined) return '';
  return goal.of === 'ratio' ? `≤ ${goal.atMost} × ${beside}` : `≤ ${goal.atMost}`;
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
