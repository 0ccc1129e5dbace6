import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { Turns } from './turns.ts';

const IN_A_ROW = 3;

type Step = { readonly add: string; readonly urgent: boolean } | { readonly delete: string } | 'take';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ add: key, urgent: fc.boolean() }),
  fc.record({ delete: key }),
  fc.constant('take' as const),
);

/** The same in the plainest way: one list, searched each time. */
class Model {
  waiting: { readonly key: string; readonly urgent: boolean }[] = [];
  #passedOver = 0;

  add(key: string, urgent: boolean): void {
    const known = this.waiting.find((entry) => entry.key === key);
    if (known !== undefined && (known.urgent || !urgent)) return;
    this.delete(key);
    this.waiting.push({ key, urgent });
  }

  delete(key: string): void {
    this.waiting = this.waiting.filter((entry) => entry.key !== key);
  }

  take(): { readonly key: string } | undefined {
    const urgent = this.waiting.find((entry) => entry.urgent);
    const routine = this.waiting.find((entry) => !entry.urgent);
    const isRoutine = urgent === undefined || (routine !== undefined && this.#passedOver >= IN_A_ROW);
    this.#passedOver = isRoutine ? 0 : this.#passedOver + 1;
    const taken = isRoutine ? routine : urgent;
    if (taken !== undefined) this.delete(taken.key);
    return taken;
  }
}

function play(target: Turns | Model, step: Step): string | undefined {
  if (step === 'take') return target.take()?.key;
  if ('delete' in step) target.delete(step.delete);
  else target.add(step.add, step.urgent);
  return undefined;
}

test('urgent before routine, first in first out, each key once, and nobody waits for ever', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const turns = new Turns(IN_A_ROW);
      const model = new Model();
      for (const step of steps) {
        expect(play(turns, step)).toBe(play(model, step));
        expect(turns.size).toBe(model.waiting.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('after three urgent keys in a row a routine one has its turn, if one waits', () => {
  const turns = new Turns(IN_A_ROW);
  for (const key of ['u1', 'u2', 'u3', 'u4', 'u5']) turns.add(key, true);
  for (const key of ['r1', 'r2']) turns.add(key, false);
  const taken = Array.from({ length: 8 }, () => turns.take()?.key);
  expect(taken).toEqual(['u1', 'u2', 'u3', 'r1', 'u4', 'u5', 'r2', undefined]);
});

test('where no routine key may be taken, urgent ones are, and the others wait', () => {
  const turns = new Turns(IN_A_ROW);
  for (const key of ['u1', 'u2', 'u3', 'u4']) turns.add(key, true);
  turns.add('r1', false);
  const taken = Array.from({ length: 5 }, () => turns.take({ routine: false }));
  expect(taken.map((turn) => turn?.key)).toEqual(['u1', 'u2', 'u3', 'u4', undefined]);
  expect(turns.take()).toEqual({ key: 'r1', urgent: false });
});
