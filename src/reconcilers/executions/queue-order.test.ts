import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder, type Waiting } from './queue-order.ts';

const waiting = fc.record({
  claim: fc.record({
    kind: fc.constant('Job' as const),
    uid: fc.uuid(),
    namespace: fc.constantFrom('kpi', 'sales'),
    name: fc.constantFrom('a', 'b'),
    weight: fc.constant(1),
  }),
  priority: fc.integer({ min: -1, max: 1 }),
  since: fc.integer({ min: 0, max: 2 }),
});

/** Whether `a` may stand before `b`. */
function mayGoFirst(a: Waiting, b: Waiting): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.since === b.since ? a.claim.name <= b.claim.name : a.since < b.since;
}

test('who waits is ordered by priority, then time, then name', () => {
  fc.assert(
    fc.property(fc.array(waiting), (all) => {
      const ordered = inOrder(all);
      expect(new Set(ordered)).toEqual(new Set(all));
      const misplaced = ordered.filter((each, at) => at > 0 && !mayGoFirst(ordered[at - 1]!, each));
      expect(misplaced).toEqual([]);
    }),
  );
});

test('every replica has the same order, however its cache has them', () => {
  const all = fc.uniqueArray(waiting, { selector: ({ claim }) => claim.uid });
  const inTwoOrders = all.chain((each) =>
    fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length })),
  );
  fc.assert(
    fc.property(inTwoOrders, ([one, another]) => {
      expect(inOrder(another)).toEqual(inOrder(one));
    }),
  );
});
