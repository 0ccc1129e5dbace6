import { describe, expect, test } from 'vitest';
import { complaint, explore } from './explore.ts';
import { Life } from './life.ts';

/** Milliseconds; a matter of seconds on a machine that does nothing else. */
const PATIENCE = 300_000;

/** The protocol of the gate; each of its requests is killed before and after. */
const STEPS = [
  'GET qlikexecutionledgers',
  'POST qlikexecutionledgers',
  'PUT qlikexecutionledgers',
  'GET qlikservers',
  'LIST jobs',
  'GET jobs',
  'PATCH jobs (touch)',
  'PATCH jobs (admit)',
  'PATCH jobs (state)',
  'LIST pods',
];

describe('the gate', () => {
  test(
    'keeps the limit and the order, and is never stuck, wherever its operators are killed',
    { timeout: PATIENCE },
    async () => {
      const found = await explore('unit', 1_000);
      expect(complaint(found)).toBe('');
      const killed = new Set(found.kills.keys());
      const spared = STEPS.flatMap((step) => [`before ${step}`, `after ${step}`]).filter(
        (at) => !killed.has(at),
      );
      expect(spared).toEqual([]);
    },
  );

  test('has the same life again for the same seed', { timeout: PATIENCE }, async () => {
    const [one, again, other] = [
      await new Life('a').live(),
      await new Life('a').live(),
      await new Life('b').live(),
    ];
    expect(again.trace).toEqual(one.trace);
    expect(other.trace).not.toEqual(one.trace);
  });
});
