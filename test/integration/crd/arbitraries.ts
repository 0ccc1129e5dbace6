import * as fc from 'fast-check';
import type { Json } from './api.ts';
import { change } from './specs.ts';

/** One UTF-16 unit that is a character: JavaScript and Go agree on the length of texts made of these. */
export const character = fc
  .integer({ min: 0, max: 0xff_ff })
  .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  .map((code) => String.fromCodePoint(code));
export const anyText = fc.oneof(
  fc.string({ unit: character, maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }),
);

export const objectName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,5}[a-z0-9])?(\.[a-z0-9]{1,4})?$/);

/** An object that has some of these fields, and the required ones always. */
export function some(model: Readonly<Record<string, fc.Arbitrary<unknown>>>, requiredKeys: string[] = []) {
  return fc.record(model, { requiredKeys }) as fc.Arbitrary<Json>;
}

const unit = fc.constantFrom('h', 'm', 's', 'ms', 'us', 'd', '');
const count = fc.oneof(
  fc.nat({ max: 100 }).map(String),
  fc.constantFrom('0', '59', '60', '1440', '3600', '86400', '999999', '1000000', '1.5'),
);
const durationLike = fc
  .array(fc.tuple(count, unit), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.flat().join(''));

/** The separators of all the syntaxes, put into a good text. */
const separator = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '\\',
  '/',
  '//',
  '?',
  '#',
  '@',
  ':',
  '.',
  '..',
  '-',
  '_',
  '[',
  ']',
  '%20',
);
function nearly(good: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(good, fc.nat(), fc.oneof(separator, character)).map(([text, position, inserted]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at);
  });
}

export const textOf = (good: fc.Arbitrary<string>, longest: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: nearly(good) },
    { weight: 2, arbitrary: good },
    { weight: 2, arbitrary: anyText },
    {
      weight: 1,
      arbitrary: fc.integer({ min: longest - 1, max: longest + 1 }).map((size) => 'a'.repeat(size)),
    },
  );
export const number = fc.oneof(
  fc.constantFrom(-1, 0, 1, 10, 11, 64, 65, 65_535, 65_536, 1.5, 1e21, -(2 ** 53)),
  fc.integer({ min: -3, max: 14 }),
);
/** For any field: other kinds of JSON, and no field at all. */
const otherKind = fc.constantFrom<unknown[]>(undefined, '', 'x', 0, 1, true, 'true', {}, [], [{}]);

export const durationField = fc.oneof(durationLike, textOf(durationLike, 28));
/** The name of an object, or nearly one. */
export const aName = textOf(objectName, 253);

/** What may be put at each path of a spec, whether it will do or not. */
export type Mutations = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/**
 * A good spec of which up to two fields have been replaced, by something that may or may not do. Without null, unknown
 * fields and characters beyond U+FFFF, where API server and zod differ by design.
 */
export function mutated(good: fc.Arbitrary<Json>, mutations: Mutations): fc.Arbitrary<Json> {
  const mutation = fc.constantFrom(...Object.entries(mutations)).chain(([path, values]) =>
    fc.record({
      path: fc.constant(path),
      value: fc.oneof({ weight: 7, arbitrary: values }, { weight: 1, arbitrary: otherKind }),
    }),
  );
  return fc
    .tuple(good, fc.array(mutation, { maxLength: 2 }))
    .map(([spec, chosen]) => chosen.reduce((changed, { path, value }) => change(changed, path, value), spec));
}
