import { expect, test } from 'vitest';
import type * as z from 'zod';
import { type Json, type KindApi, refusals } from './api.ts';
import { changedBy } from './specs.ts';

/** The message of one of our own rules, and the path of the field that breaks it. */
export interface Broken {
  readonly path: string;
  readonly message: string;
}

/** A sentence, what is changed in the least example, and every refusal in whole; without one it is accepted. */
export type Row = readonly [string, Readonly<Record<string, unknown>>, ...(string | Broken)[]];

export const invalid = (path: string, message: string): Broken => ({ path, message });

export const badName = (path: string, field: string) =>
  invalid(path, `${field} must be a Kubernetes object name: lower case letters, digits, "-" and "."`);

export const badDuration = (field: string, min: string, max: string) =>
  invalid(
    field,
    `${field} must be a duration from ${min} to ${max}, in whole numbers with h, m, s, ms, largest first, such as 90s or 1h30m`,
  );

/** A duration may be the lowest and the highest, and nothing beyond. */
export function durationRows(
  field: string,
  [min, below, max, above]: readonly [min: string, below: string, max: string, above: string],
): Row[] {
  return [
    [`${field} may be ${min}`, { [field]: min }],
    [`${field} may not be ${below}`, { [field]: below }, badDuration(field, min, max)],
    [`${field} may be ${max}`, { [field]: max }],
    [`${field} may not be ${above}`, { [field]: above }, badDuration(field, min, max)],
  ];
}

interface Subject {
  /** There once the tests run. */
  readonly api: () => KindApi;
  /** The least example of the kind. */
  readonly least: Json;
  readonly schema: z.ZodType;
}

/** A test for each row: API server and zod decide as it says, and make the same spec of it. */
export function testRows(rows: readonly Row[], { api, least, schema }: Subject): void {
  const cases = rows.map(([sentence, changes, ...expected]) => ({ sentence, changes, expected }));
  test.each(cases)('$sentence', async ({ changes, expected }) => {
    const spec = changedBy(least, changes);
    const answer = await api().dryRun(spec);
    expect(refusals(answer)).toEqual(expected.map((refusal) => asRefusal(refusal, spec)));
    const parsed = schema.safeParse(spec);
    expect(parsed.success).toBe(expected.length === 0);
    // Neither has a spec to show when it refuses.
    expect(answer.body.spec).toEqual(parsed.data);
  });
}

/** What the API server makes of it: it quotes a text, but not an object. */
function asRefusal(refusal: string | Broken, spec: Json): string {
  if (typeof refusal === 'string') return refusal;
  const { path, message } = refusal;
  const keys = ['spec', ...path.split(/[.[\]]+/u)].filter((key) => key !== '');
  const value = keys.reduce<unknown>((node, key) => (node as Json)[key], { spec });
  const quoted = typeof value === 'string' ? `${JSON.stringify(value)}: ` : '';
  return `${path === '' ? 'spec' : `spec.${path}`}: Invalid value: ${quoted}${message}`;
}
