import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from './lines.ts';

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function lines(text: string, sizes: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(inChunks(new TextEncoder().encode(text), sizes))) lines.push(line);
  return lines;
}

test('does not depend on where the chunks end, not even inside a character', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '"'), minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(4)), async (expected, sizes) => {
      const text = expected.map((line) => `${line}\n`).join('');
      expect(await lines(text, sizes)).toEqual(expected);
    }),
  );
});

test('leaves out empty lines, and a last one that is not complete', async () => {
  expect(await lines('\none\n\n\ntwo\nthr', [])).toEqual(['one', 'two']);
});

test('gives a line as soon as it is complete', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('one\ntw');
    await promise;
    yield new TextEncoder().encode('o\n');
  }
  const iterator = linesOf(slow());
  expect((await iterator.next()).value).toBe('one');
  resolve();
  expect((await iterator.next()).value).toBe('two');
});
