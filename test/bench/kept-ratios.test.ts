import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compare } from './comparison.ts';
import { KEPT_METRICS, type KeptRatios, ratiosToKeep, regressions } from './kept-ratios.ts';
import type { Figures } from './metrics.ts';

const PEER: Figures = { steadyCpu: 10, steadyRss: 50, bootTime: 10, idleCpu: 1 };

function against(...operators: readonly Figures[]) {
  const pairs = operators.map((operator) => ({ operator, peer: PEER }));
  return compare(pairs, ['steadyCpu', 'steadyRss', 'bootTime', 'idleCpu']);
}

describe('ratiosToKeep', () => {
  test('keeps what repeats, with three digits', () => {
    const operator = { steadyCpu: 12.3456, steadyRss: 100, bootTime: 90, idleCpu: 7 };
    expect(ratiosToKeep(against(operator))).toEqual({ steadyCpu: 1.23, steadyRss: 2 });
  });
});

describe('regressions', () => {
  const kept: KeptRatios = { date: '2026-01-02', machine: 'm', ratios: { steadyCpu: 1.5, steadyRss: 2 } };

  test('up to 1.6 times the kept ratio is none', () => {
    expect(regressions(against({ steadyCpu: 24, steadyRss: 160, idleCpu: 900 }), kept)).toEqual([]);
  });

  test('more is one, and says of what', () => {
    expect(regressions(against({ steadyCpu: 24.5, steadyRss: 100 }), kept)).toEqual([
      'steady, CPU per check: 2.45 × peer, more than 1.6 times the 1.5 of 2026-01-02',
    ]);
  });

  test('in one of two pairs only is none: the machine was busy', () => {
    expect(regressions(against({ steadyCpu: 90 }, { steadyCpu: 23 }), kept)).toEqual([]);
    expect(regressions(against({ steadyCpu: 90 }, { steadyCpu: 25 }), kept)).toHaveLength(1);
  });

  test('a scenario that was left out is none', () => {
    expect(regressions(against({ steadyRss: 100 }), kept)).toEqual([]);
  });
});

test('the committed ratios are of all the metrics that are kept', () => {
  const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'smoke-ratios.json'), 'utf8')) as KeptRatios;
  expect(Object.keys(kept.ratios).sort()).toEqual([...KEPT_METRICS].sort());
  expect(Math.min(...Object.values(kept.ratios))).toBeGreaterThan(0);
});
