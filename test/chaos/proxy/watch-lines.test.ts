import { expect, test } from 'vitest';
import { WatchLines } from './watch-lines.ts';

test('lines come whole, however their bytes are cut', () => {
  const text = '{"a":"ä"}\n{"b":1}\n\nrest';
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size += 1) {
    const lines = new WatchLines();
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; at += size)
      seen.push(...lines.take(bytes.subarray(at, at + size)).map(String));
    expect(seen).toEqual(['{"a":"ä"}\n', '{"b":1}\n', '\n']);
  }
});
