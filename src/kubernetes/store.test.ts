import { expect, test, vi } from 'vitest';
import type { KubernetesObject } from './object.ts';
import { Store, type ChangeListener } from './store.ts';

function object(name: string, resourceVersion: string, uid = `uid-${name}`): KubernetesObject {
  return { metadata: { namespace: 'ns', name, uid, resourceVersion } };
}

function storeWith(...objects: KubernetesObject[]) {
  const store = new Store<KubernetesObject>();
  for (const one of objects) store.set(one);
  const told = vi.fn<ChangeListener<KubernetesObject>>();
  store.onChange(told);
  return { store, told };
}

test('tells of an object that is new, changed and gone, with what it was', () => {
  const { store, told } = storeWith();
  const [first, second] = [object('a', '9'), object('a', '10')];
  store.set(first);
  store.set(second);
  store.delete('ns/a');
  store.delete('ns/a');
  expect(told.mock.calls).toEqual([
    ['ns/a', undefined, first],
    ['ns/a', first, second],
    ['ns/a', second, undefined],
  ]);
});

test.each(['9', '10'])('ignores version %s when it has version 10 of the same object', (version) => {
  const { store, told } = storeWith(object('a', '10'));
  store.set(object('a', version));
  expect(told).not.toHaveBeenCalled();
  expect(store.get('ns/a')?.metadata.resourceVersion).toBe('10');
});

test('compares versions as the 64 bit numbers that they are', () => {
  const { store } = storeWith(object('a', '9007199254740992'));
  store.set(object('a', '9007199254740993'));
  expect(store.get('ns/a')?.metadata.resourceVersion).toBe('9007199254740993');
});

test('replaces an object by its namesake, whatever their versions', () => {
  const { store } = storeWith(object('a', '10', 'first'));
  store.set(object('a', '2', 'second'));
  expect(store.get('ns/a')?.metadata.uid).toBe('second');
});

test('retains only what was listed, and tells of the rest', () => {
  const { store, told } = storeWith(object('a', '1'), object('b', '2'), object('c', '3'));
  store.retain(new Set(['ns/b', 'ns/unknown']));
  expect([[...store.keys()], store.size]).toEqual([['ns/b'], 1]);
  expect(told.mock.calls.map(([key]) => key)).toEqual(['ns/a', 'ns/c']);
});

test('takes the answer to a write only for an object that it still has', () => {
  const { store, told } = storeWith(object('a', '10'));
  store.update(object('a', '11'));
  expect(store.get('ns/a')?.metadata.resourceVersion).toBe('11');
  store.delete('ns/a');
  told.mockClear();
  store.update(object('a', '12'));
  store.set(object('b', '13', 'second'));
  store.update(object('b', '14', 'first'));
  expect(store.get('ns/a')).toBeUndefined();
  expect(store.get('ns/b')?.metadata.uid).toBe('second');
});
