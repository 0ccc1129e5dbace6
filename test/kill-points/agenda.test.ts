import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';

test('what is due first is done first, and at the same time in the order in which it was added', () => {
  const done: string[] = [];
  const agenda = new Agenda();
  agenda.add(2, () => done.push('c'));
  agenda.add(1, () => done.push('a'));
  const cancel = agenda.add(1, () => done.push('never'));
  agenda.add(1, () => done.push('b'));
  cancel();
  expect(agenda.nextAt).toBe(1);
  for (let left = 3; left > 0; left -= 1) agenda.runNext();
  expect(done).toEqual(['a', 'b', 'c']);
  expect(agenda.nextAt).toBeUndefined();
});
