import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { WorkQueue } from './queue.ts';

type Step =
  | { readonly kind: 'add'; readonly key: string; readonly urgent: boolean }
  | { readonly kind: 'next' }
  | { readonly kind: 'release' | 'done'; readonly which: number };

const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({
    kind: fc.constant('add' as const),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    urgent: fc.boolean(),
  }),
  fc.constant({ kind: 'next' as const }),
  fc.record({ kind: fc.constantFrom('release' as const, 'done' as const), which: fc.nat(3) }),
);

/** What must hold whatever the order: the model knows sets, not lines. */
class Model {
  readonly queued = new Set<string>();
  readonly processing: string[] = [];
  readonly again = new Set<string>();

  add(key: string): void {
    (this.processing.includes(key) ? this.again : this.queued).add(key);
  }

  given(key: string): void {
    if (!this.queued.delete(key)) throw new Error(`${key} was given out though it was not queued`);
    if (this.processing.includes(key)) throw new Error(`${key} is worked on by two`);
    this.processing.push(key);
  }

  done(key: string): void {
    this.processing.splice(this.processing.indexOf(key), 1);
    if (this.again.delete(key)) this.queued.add(key);
  }
}

test('no key is lost, given out twice, or worked on by two', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const queue = new WorkQueue();
      const model = new Model();
      let waiting = 0;
      const next = async () => {
        waiting += 1;
        const key = await queue.next();
        waiting -= 1;
        if (key !== undefined) model.given(key);
      };
      const asked: Promise<void>[] = [];
      for (const step of steps) {
        if (step.kind === 'add') {
          model.add(step.key);
          queue.add(step.key, step);
        } else if (step.kind === 'next') asked.push(next());
        else {
          const key = model.processing[step.which % Math.max(1, model.processing.length)];
          if (key === undefined) continue;
          if (step.kind === 'release') queue.release(key);
          else {
            model.done(key);
            queue.done(key);
          }
        }
        await new Promise((resolve) => setImmediate(resolve));
        expect(queue.length).toBe(model.queued.size);
        expect(waiting > 0 && queue.length > 0, 'a worker waits while a key does').toBe(false);
      }
      queue.close();
      await Promise.all(asked);
      expect(waiting).toBe(0);
    }),
    { numRuns: 200 },
  );
});
