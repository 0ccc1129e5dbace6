import * as z from 'zod';
import { constrained, type Rule } from './rule.ts';

const UNITS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Six digits per unit keep every value far from the overflow of Go's int64 nanoseconds. */
const DURATION = /^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?([0-9]{1,6}ms)?$/u;

/** Milliseconds of a duration such as `90s` or `1h30m`; `undefined` when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (text === '' || !DURATION.test(text)) return undefined;
  const parts = text.matchAll(/([0-9]+)(h|ms|m|s)/gu);
  return [...parts].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  );
}

/** Milliseconds of a duration that a schema has already accepted. */
export function milliseconds(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new Error(`not a duration: "${text}"`);
  return value;
}

/** The shortest of `1h30m`, `90s`, `250ms` for a number of milliseconds, as status and messages show it. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || '0s';
}

interface Bounds {
  readonly field: string;
  readonly min: string;
  readonly max: string;
}

function between({ field, min, max }: Bounds): Rule<string> {
  return {
    cel: `self != '' && self.matches('${DURATION.source}') && duration(self) >= duration('${min}') && duration(self) <= duration('${max}')`,
    holds: (text) => {
      const value = parseDuration(text);
      return value !== undefined && value >= milliseconds(min) && value <= milliseconds(max);
    },
    message: `${field} must be a duration from ${min} to ${max}, in whole numbers with h, m, s, ms, largest first, such as 90s or 1h30m`,
  };
}

/** A duration field: a string such as `90s` or `1h30m`, within bounds. */
export function duration(bounds: Bounds & { readonly default: string; readonly description: string }) {
  const help = `${bounds.description} A duration such as 90s or 1h30m, from ${bounds.min} to ${bounds.max}.`;
  return constrained(z.string().max(28).default(bounds.default), help, between(bounds));
}
