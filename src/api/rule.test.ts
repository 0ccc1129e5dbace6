import { expect, test } from 'vitest';
import * as z from 'zod';
import { celString, constrained, matches } from './rule.ts';

test.each([
  ['plain text', 'abc', `'abc'`],
  ['nothing', '', `''`],
  ['a quote', `it's`, String.raw`'it\'s'`],
  ['double quotes', '"a"', `'"a"'`],
  ['a backslash', String.raw`\d`, String.raw`'\\d'`],
  ['a backslash before a quote', String.raw`\'`, String.raw`'\\\''`],
])('celString writes %s as a literal', (_, text, literal) => {
  expect(celString(text)).toBe(literal);
});

const word = matches(/^[a-z\\]+$/u, 'word must be lower case');
const short = {
  cel: 'size(self) < 3',
  holds: (value: string) => value.length < 3,
  message: 'word is too long',
};

test('matches says the same in CEL and in JavaScript', () => {
  expect(word.cel).toBe(String.raw`self.matches('^[a-z\\\\]+$')`);
  expect(word.holds(String.raw`a\b`)).toBe(true);
  expect(word.holds('a b')).toBe(false);
  expect(word.holds('ab\n')).toBe(false);
});

test('constrained adds rules and help to a schema', () => {
  const schema = constrained(z.string(), 'A word.', word, short);
  expect(schema.parse('ab')).toBe('ab');
  expect(schema.safeParse('ABC').error?.issues.map(({ message }) => message)).toEqual([
    'word must be lower case',
    'word is too long',
  ]);
  expect(schema.meta()).toEqual({
    description: 'A word.',
    'x-kubernetes-validations': [
      { rule: word.cel, message: word.message },
      { rule: short.cel, message: short.message },
    ],
  });
});
