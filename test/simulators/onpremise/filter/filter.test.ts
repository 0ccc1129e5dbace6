import { expect, test } from 'vitest';
import { applyFilter } from './filter.ts';

const published = { id: '5a94e3e9-157c-4ec2-8e65-f0a427290d14', name: "O'Brien", size: 10, published: true };
const draft = { id: '5a94e3e9-157c-4ec2-8e65-f0a427290d15', name: 'CORP\\svc', size: 20, published: false };
const department = { value: 'Finance', definition: { name: 'Department' } };
const records = [
  { ...published, stream: { name: 'Sales' }, customProperties: [department] },
  { ...draft, stream: null, customProperties: [] },
];

test.each([
  ['eq compares without case', `name eq 'o\\'BRIEN'`, ['O']],
  ['a backslash is doubled', `name eq 'corp\\\\svc'`, ['C']],
  ['ne', `name ne 'O\\'Brien'`, ['C']],
  ['sw', `name sw 'corp'`, ['C']],
  ['ew', `name ew 'SVC'`, ['C']],
  ['so is substring of', `name so 'brie'`, ['O']],
  ['gt', 'size gt 10', ['C']],
  ['ge', 'size ge 10', ['O', 'C']],
  ['lt', 'size lt 20', ['O']],
  ['le', 'size le 9.5', []],
  ['a boolean', 'published eq true', ['O']],
  ['a GUID without quotes', 'id eq 5A94E3E9-157c-4ec2-8e65-f0a427290d14', ['O']],
  ['a path', `stream.name eq 'Sales'`, ['O']],
  ['a custom property', `@Department eq 'finance'`, ['O']],
  ['and', `size ge 10 and published eq false`, ['C']],
  ['or', `size eq 10 or size eq 20`, ['O', 'C']],
  ['and binds tighter than or', `size eq 10 or size eq 20 and published eq true`, ['O']],
  ['parentheses', `(size eq 10 or size eq 20) and published eq false`, ['C']],
  ['an empty text', `name eq ''`, []],
])('keeps by %s', (_reason, filter, names) => {
  expect(applyFilter(records, filter).map(({ name }) => String(name)[0])).toEqual(names);
});

test.each([
  ['doubled quotes', `name eq 'O''Brien'`],
  ['double quotes', 'name eq "x"'],
  ['a quoted GUID', `id eq '5a94e3e9-157c-4ec2-8e65-f0a427290d14'`],
  ['a quoted boolean', `published eq 'true'`],
  ['a single backslash', `name eq 'CORP\\svc'`],
  ['an open quote', `name eq 'x`],
  ['an open parenthesis', `(name eq 'x'`],
  ['a parenthesis too many', `name eq 'x')`],
  ['an unknown operator', `name like 'x'`],
  ['a bare word as value', 'name eq x'],
  ['an unknown property', `nome eq 'x'`],
  ['nothing', ''],
  ['a missing right side', `name eq 'x' and`],
])('cannot parse %s', (_reason, filter) => {
  expect(() => applyFilter(records, filter)).toThrow(`Cannot parse the expression: ${filter}`);
});

test('empty parentheses are an invalid expression', () => {
  expect(() => applyFilter(records, '()')).toThrow(/^Invalid expression$/);
});
