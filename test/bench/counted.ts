/** What a program has counted since it started. */
export interface Counted {
  /** Checks. */
  readonly passed: number;
  readonly failed: number;
  /** Seconds that passed checks have taken, all together. */
  readonly checking: number;
  readonly reconciles: number;
}

/** Reads an exposition of metrics. `reconciles` is the name of their counter, which is not the same everywhere. */
export function parseCounted(exposition: string, reconciles: string): Counted {
  const duration = 'qlik_check_duration_seconds';
  return {
    passed: sumOf(exposition, `${duration}_count`, 'result="passed"'),
    failed: sumOf(exposition, `${duration}_count`, 'result="failed"'),
    checking: sumOf(exposition, `${duration}_sum`, 'result="passed"'),
    reconciles: sumOf(exposition, reconciles),
  };
}

export function countedSince(before: Counted, after: Counted): Counted {
  return {
    passed: after.passed - before.passed,
    failed: after.failed - before.failed,
    checking: after.checking - before.checking,
    reconciles: after.reconciles - before.reconciles,
  };
}

/** Throws if figures would mean something else than they say. */
export function assertComparable(program: string, { passed, failed, reconciles }: Counted): void {
  if (failed > 0) {
    throw new Error(
      `${failed} of ${passed + failed} checks of the ${program} failed; figures would compare different work`,
    );
  }
  if (passed > 0 && reconciles === 0)
    throw new Error(`The ${program} has made ${passed} checks, but none of its reconciles was counted`);
}

/** The sum over all series of a metric that have this label; 0 without series, as they begin with their first event. */
function sumOf(exposition: string, name: string, label = ''): number {
  const series = new RegExp(String.raw`^${name}(?:\{(.*)\})? (\S+)$`, 'gmu');
  return [...exposition.matchAll(series)]
    .filter(([, labels = '']) => labels.includes(label))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
