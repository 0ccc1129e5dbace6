import { expect, test } from 'vitest';
import { Store } from '../../kubernetes/store.ts';
import { priorityFrom, type PriorityClass } from './priorities.ts';

const CLASSES = [
  { metadata: { name: 'urgent', uid: 'u', resourceVersion: '1' }, value: 1000 },
  { metadata: { name: 'usual', uid: 'd', resourceVersion: '2' }, value: 10, globalDefault: true },
];

test.each<[string, string | undefined, readonly PriorityClass[], number]>([
  ['its value, of a class', 'urgent', CLASSES, 1000],
  ['that of the class by default, without one', undefined, CLASSES, 10],
  ['that of the class by default, for an empty name', '', CLASSES, 10],
  ['0, of a class that is not there', 'missing', CLASSES, 0],
  ['0, without one where there is no class by default', undefined, CLASSES.slice(0, 1), 0],
])('a priority is %s', (_what, className, classes, expected) => {
  const store = new Store<PriorityClass>();
  for (const each of classes) store.set(each);
  expect(priorityFrom(store)(className)).toBe(expected);
});
