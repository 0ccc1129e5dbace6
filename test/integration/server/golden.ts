import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** What differs from run to run, and what stands for it. The first that fits wins. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/(?<=localhost:)\d+/gu, 'PORT'],
  [/(?<=Port: +)\d+/gu, 'PORT'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gu, 'UID'],
  [/\b\d{4}-\d{2}-\d{2}T[0-9:.]+Z/gu, 'TIME'],
  [/\b\d{4}-\d{2}-\d{2}\b/gu, 'DATE'],
  [/([0-9A-F]{2}:){31}[0-9A-F]{2}/gu, 'FINGERPRINT'],
  [/(?<=Connection Fingerprint: +)[0-9a-f]{16}/gu, 'FINGERPRINT'],
  [/(?<=Resource Version: +)\d+/gu, 'VERSION'],
  [/(?<=Duration: +)\S+/gu, 'DURATION'],
  [/\btest-[a-z0-9]{5}\b/gu, 'NAMESPACE'],
];

/** Ages stand in columns, so that the width of everything after them differs too. */
const AGE = /(?<=\s)(<invalid>|(\d+[smhdy])+)(?=\s|$)/gu;

/** Output of kubectl without what differs from run to run. */
export function masked(text: string): string {
  const still = MASKS.reduce((done, [pattern, mask]) => done.replaceAll(pattern, mask), text);
  return still
    .split('\n')
    .map((line) => (/^[^\s:]+ {2,}\S|^ {2}(Type|----|Normal|Warning) /u.test(line) ? evenly(line) : line))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A row of a table: its cells at even distances, ages masked. */
function evenly(line: string): string {
  return line.replaceAll(AGE, 'AGE').replaceAll(/(?<=\S) {2,}/gu, '   ');
}

/** Compares with a file; UPDATE_GOLDEN=1 writes it. */
export function expectGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'golden', `${name}.txt`);
  const actual = masked(text);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}
