import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReferenceIndex } from './index.ts';

const KEYS = ['ns/a', 'ns/b', 'ns/c', 'ns/d'];
const VALUES = ['v', 'w', 'x', 'y', 'z'];

test('knows what looking through all references finds, and shrinks to nothing', () => {
  const statement = fc.tuple(fc.constantFrom(...KEYS), fc.array(fc.constantFrom(...VALUES)));
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 40 }), (statements) => {
      const index = new ReferenceIndex();
      const model = new Map<string, readonly string[]>();
      for (const [key, references] of statements) {
        index.set(key, references);
        model.set(key, references);
        for (const value of VALUES) {
          const referrers = KEYS.filter((key) => model.get(key)?.includes(value));
          expect([...index.referrers(value)].sort()).toEqual(referrers);
        }
        expect(index.size).toBe(new Set([...model.values()].flat()).size);
      }
      for (const key of KEYS) index.set(key, []);
      expect(index.size).toBe(0);
    }),
  );
});
