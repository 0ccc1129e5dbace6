import * as fc from 'fast-check';

/** An answer of a server that may be anything. */
export interface FuzzedAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: string;
  readonly body: Buffer;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What programs trip over. */
const odd = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    '',
    0,
    -1,
    70_000,
    1e308,
    Number.MAX_SAFE_INTEGER,
    1.5,
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<Json>(
    '\u0000',
    '\n\r\n',
    '[::1]',
    'a b',
    '../..',
    '__proto__',
    '\u{1F600}',
    'x'.repeat(100_000),
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue() as fc.Arbitrary<Json>,
);

/** A genuine answer in which one value is another one, or is not there. */
function mutated(genuine: Json): fc.Arbitrary<string> {
  const places = placesIn(genuine);
  return fc.record({ place: fc.constantFrom(...places), value: fc.option(odd, { nil: undefined }) }).map(
    // `undefined` leaves the key out.
    ({ place, value }) => JSON.stringify(replaced(genuine, place, value)) ?? '',
  );
}

type Place = readonly string[];

function placesIn(json: Json, at: Place = []): Place[] {
  if (typeof json !== 'object' || json === null) return [at];
  return [at, ...Object.entries(json).flatMap(([key, value]) => placesIn(value, [...at, key]))];
}

function replaced(json: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(json))
    return json.map((each, at) => (String(at) === key ? replaced(each, rest, value) : each));
  const object = json as Readonly<Record<string, unknown>>;
  return { ...object, [key]: replaced(object[key], rest, value) };
}

/** Bodies near and far from a genuine one. */
function bodies(genuine: Json): fc.Arbitrary<Buffer> {
  const text = JSON.stringify(genuine);
  const bytes = Buffer.from(text);
  const texts = fc.oneof(
    { weight: 6, arbitrary: mutated(genuine) },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.nat(text.length).map((end) => text.slice(0, end)) },
    {
      weight: 1,
      arbitrary: fc.nat(100_000).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
    },
    { weight: 1, arbitrary: fc.nat(20_000).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('1e999', '9'.repeat(5_000), '-0', '"\\ud800"', 'null', '', ' ', '\uFEFF{}'),
    },
    // The same key twice, and those that objects have by birth.
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('__proto__', 'constructor', 'toString', 'errors', 'value')
        .map((key) => text.replace('{', `{"${key}":{"${key}":1},"${key}":[],`)),
    },
  );
  const spoilt = fc
    .array(fc.tuple(fc.nat(bytes.length), fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map((changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });
  return fc.oneof(
    { weight: 6, arbitrary: texts.map((each) => Buffer.from(each)) },
    { weight: 1, arbitrary: spoilt },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((each) => Buffer.from(each)) },
  );
}

const headerValue = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
const headers = fc
  .record(
    {
      'retry-after': fc.oneof(headerValue, fc.integer().map(String)),
      location: fc.oneof(
        headerValue,
        fc.constantFrom(
          '//elsewhere.example/api/v1/users/x',
          '/api/v1/users/../../x',
          'https://[',
          '/api/v1/users/me',
        ),
      ),
      'set-cookie': fc.oneof(headerValue, fc.constant('X-Qlik-Session-kpi=1; Path=/')),
    },
    { requiredKeys: [] },
  )
  .map((all) =>
    Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
  );

/** Mostly with the status and type under which the body is looked at at all. */
export function answers(genuine: Json, status = 200): fc.Arbitrary<FuzzedAnswer> {
  return fc.record({
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constant(status) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(200, 201, 204, 301, 302, 307, 400, 401, 403, 404, 429, 500, 503),
      },
    ),
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('application/json', 'application/json;charset=utf-8') },
      { weight: 1, arbitrary: fc.constantFrom('text/html', 'text/plain', 'json', '') },
      { weight: 1, arbitrary: headerValue },
    ),
    headers,
    body: bodies(genuine),
  });
}
