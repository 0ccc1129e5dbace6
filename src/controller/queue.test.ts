import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WorkQueue } from './queue.ts';

const KEYS = ['a', 'b', 'c'] as const;

/** What the queue should do, said in the plainest way: two lists, looked through from the front. */
class Model {
  urgent: string[] = [];
  routine: string[] = [];
  readonly processing = new Set<string>();
  readonly again = new Map<string, boolean>();
  idleWorkers = 0;

  add(key: string, urgent: boolean): void {
    if (this.processing.has(key)) {
      this.again.set(key, urgent || this.again.get(key) === true);
    } else if (!this.urgent.includes(key)) {
      if (urgent) {
        this.routine = this.routine.filter((other) => other !== key);
        this.urgent.push(key);
      } else if (!this.routine.includes(key)) this.routine.push(key);
    }
  }

  done(key: string): void {
    this.processing.delete(key);
    const urgent = this.again.get(key);
    this.again.delete(key);
    if (urgent !== undefined) this.add(key, urgent);
  }

  /** The keys that waiting workers get now. */
  handOut(): string[] {
    const given: string[] = [];
    while (this.idleWorkers > 0) {
      const key = this.urgent.shift() ?? this.routine.shift();
      if (key === undefined) break;
      this.idleWorkers -= 1;
      this.processing.add(key);
      given.push(key);
    }
    return given;
  }
}

type Step =
  | { readonly do: 'add'; readonly key: string; readonly urgent: boolean }
  | { readonly do: 'next' }
  | { readonly do: 'done'; readonly which: number };

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      do: fc.constant('add' as const),
      key: fc.constantFrom(...KEYS),
      urgent: fc.boolean(),
    }),
    fc.record({ do: fc.constant('next' as const) }),
    fc.record({ do: fc.constant('done' as const), which: fc.nat(1) }),
  ),
  { maxLength: 40 },
);

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('WorkQueue', () => {
  test('does what two plain lists do, and gives no key to two workers', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const queue = new WorkQueue();
        const model = new Model();
        const given: (string | undefined)[] = [];
        const expected: string[] = [];
        const apply: Record<Step['do'], (step: Step) => void> = {
          add: (step) => {
            if (step.do !== 'add') return;
            queue.add(step.key, { urgent: step.urgent });
            model.add(step.key, step.urgent);
          },
          next: () => {
            void queue.next().then((key) => given.push(key));
            model.idleWorkers += 1;
          },
          done: (step) => {
            const key = [...model.processing][step.do === 'done' ? step.which : 0];
            if (key === undefined) return;
            queue.done(key);
            model.done(key);
          },
        };
        for (const step of steps) {
          apply[step.do](step);
          expected.push(...model.handOut());
          expect(queue.length).toBe(model.urgent.length + model.routine.length);
        }
        await settle();
        expect(given).toEqual(expected);
        queue.close();
        await settle();
        const toWaiting = Array.from({ length: model.idleWorkers }, () => undefined);
        expect(given).toEqual([...expected, ...toWaiting]);
      }),
      { numRuns: 500 },
    );
  });

  test('queues a key once however often it is added', async () => {
    const queue = new WorkQueue();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect([await queue.next(), await queue.next(), queue.length]).toEqual(['a', 'b', 0]);
  });

  test('gives a key that was added while being worked on again, only when that work is done', async () => {
    const queue = new WorkQueue();
    queue.add('a');
    await queue.next();
    queue.add('a');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.next()).toBe('a');
    queue.done('a');
    expect(queue.length).toBe(0);
  });

  test('gives the slot of a released key to another, but not that key', async () => {
    const queue = new WorkQueue({ slow: 1, routine: 1, isSlow: () => false });
    for (const key of ['a', 'b']) queue.add(key);
    await queue.next();
    const next = queue.next();
    queue.add('a');
    queue.release('a');
    expect(await next).toBe('b');
    queue.done('b');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.next()).toBe('a');
  });

  test('puts urgent keys first, also those that were routine or being worked on', async () => {
    const queue = new WorkQueue();
    queue.add('working');
    await queue.next();
    for (const key of ['one', 'two', 'three']) queue.add(key);
    queue.add('three', { urgent: true });
    queue.add('working', { urgent: true });
    queue.add('working');
    queue.done('working');
    const order = [await queue.next(), await queue.next(), await queue.next(), await queue.next()];
    expect(order).toEqual(['three', 'working', 'one', 'two']);
  });

  test('gives out nothing after close, neither what was queued nor what is added', async () => {
    const queue = new WorkQueue();
    const waiting = queue.next();
    queue.close();
    queue.add('a');
    expect([await waiting, await queue.next()]).toEqual([undefined, undefined]);

    const full = new WorkQueue();
    full.add('working');
    full.add('queued');
    await full.next();
    full.add('working');
    full.close();
    full.done('working');
    expect(await full.next()).toBeUndefined();
  });
});
