import { expect, test } from 'vitest';
import { countSlots } from './slots-in-use.ts';

/** What is printed, and the slots that this means: now, and the most at once. */
const LOGS: readonly (readonly [why: string, lines: readonly string[], now: number, most: number])[] = [
  ['nobody', [], 0, 0],
  ['a pod counts before it runs', ['ADDED a Pending 1'], 1, 1],
  ['a pod counts once', ['ADDED a Pending 1', 'MODIFIED a Running 1'], 1, 1],
  ['a wide one counts as what it takes', ['ADDED a Pending 3', 'ADDED b Pending 2'], 5, 5],
  ['one that the gate has not labelled counts, too', ['ADDED a Pending '], 1, 1],
  ['one that ended does not', ['ADDED a Running 2', 'MODIFIED a Succeeded 2', 'ADDED b Running 1'], 1, 2],
  ['one that is gone does not', ['ADDED a Running 1', 'DELETED a Running 1'], 0, 1],
  [
    'one that ended does not come back',
    ['ADDED a Running 1', 'MODIFIED a Failed 1', 'DELETED a Failed 1'],
    0,
    1,
  ],
];

test.each(LOGS)('%s', (_why, lines, now, most) => {
  expect(countSlots(lines.map((line) => `${line}\n`).join(''))).toEqual({ now, most });
});
