import { assert, constantFrom, integer, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QlikError, type FailureKind } from '../failure.ts';
import { responseOf, type HttpResponse, type HttpSession } from '../transport/http.ts';
import { commonFailure, errorOf, parseJson } from './answer.ts';

function answer(status: number, body: string, type = 'application/json'): HttpResponse {
  return responseOf({ status, headers: type === '' ? {} : { 'content-type': type }, body });
}

const errors = (...all: readonly unknown[]) => JSON.stringify({ errors: all, traceId: '0000deadbeef' });

const session = {
  failure: (kind: FailureKind, detail: string) =>
    new QlikError({ kind, phase: 'api', endpoint: 'acme.example:443', detail }),
} as unknown as HttpSession;

describe('errorOf', () => {
  test('shows code and title and nothing else', () => {
    const body = errors(
      {
        code: 'OAUTH-14',
        title: 'Invalid client_id',
        detail: 'private detail',
        status: '400',
        meta: { a: 1 },
      },
      { code: 'SECOND', title: 'second' },
    );
    expect(errorOf(answer(400, body))).toEqual({
      code: 'OAUTH-14',
      text: 'HTTP 400, OAUTH-14 "Invalid client_id"',
    });
  });

  test.each([
    [
      'a page',
      answer(502, '<html><title>Bad Gateway</title>x</html>', 'text/html'),
      'HTTP 502 (text/html): Bad Gateway',
    ],
    ['nothing', answer(401, '', ''), 'HTTP 401 (no content type)'],
    [
      'JSON that ends too early',
      answer(400, errors({ code: 'A', title: 'B' }).slice(0, 20)),
      'HTTP 400 (application/json)',
    ],
    ['an RFC 6749 body', answer(400, '{"error":"invalid_client"}'), 'HTTP 400 (application/json)'],
    ['an empty list', answer(400, errors()), 'HTTP 400 (application/json)'],
    ['errors of another form', answer(400, errors('x', 1, null)), 'HTTP 400 (application/json)'],
    ['JSON null', answer(400, 'null'), 'HTTP 400 (application/json)'],
    ['JSON in a page', answer(400, errors({ code: 'A', title: 'B' }), 'text/html'), 'HTTP 400 (text/html)'],
  ])('has no code for %s', (_what, response, text) => {
    expect(errorOf(response)).toEqual({ code: undefined, text });
  });

  test('shows no more than the beginning of a long code and title', () => {
    const { text } = errorOf(answer(400, errors({ code: 'c'.repeat(5000), title: 't'.repeat(5000) })));
    expect(text).toBe(`HTTP 400, ${'c'.repeat(100)} "${'t'.repeat(100)}"`);
  });

  test('does without a title', () => {
    expect(errorOf(answer(400, errors({ code: 'X-1' }))).text).toBe('HTTP 400, X-1 ""');
  });

  test('is short and printable, whatever arrives', () => {
    const text = string({ unit: 'binary', maxLength: 400 });
    const types = constantFrom('application/json', 'text/html', 'text/plain', '', 'x/y; json');
    assert(
      property(integer({ min: 200, max: 599 }), text, text, types, (status, code, title, type) => {
        for (const body of [errors({ code, title }), title, `<title>${title}</title>`]) {
          const shown = errorOf(answer(status, body, type)).text;
          expect(shown).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
          expect(shown.length).toBeLessThan(300);
        }
      }),
    );
  });
});

describe('commonFailure', () => {
  test.each([
    [
      answer(401, errors({ code: 'LOGIN-2', title: 'No authentication configured for this hostname' })),
      'UnknownTenant',
    ],
    [answer(429, errors({ code: 'HTTP-429', title: 'API rate limit reached.' })), 'RateLimited'],
    [answer(429, '', ''), 'RateLimited'],
    [answer(502, '<html></html>', 'text/html'), 'ProxyUnavailable'],
    [answer(503, '', ''), 'ProxyUnavailable'],
    [answer(504, errors({ code: 'HTTP-504', title: 'x' })), 'ProxyUnavailable'],
    [answer(500, ''), undefined],
    [answer(401, errors({ code: 'HTTP-401', title: 'Unauthorized' })), undefined],
    [answer(200, '{}'), undefined],
  ])('of %o is %s', (response, kind) => {
    expect(commonFailure(session, response)?.failure.kind).toBe(kind);
  });
});

test('parseJson gives undefined for all that is not JSON by name and by form', () => {
  expect(parseJson(answer(200, '{"a":1}', 'application/vnd.api+json; charset=utf-8'))).toEqual({ a: 1 });
  expect(parseJson(answer(200, '{"a":1}', 'text/html'))).toBeUndefined();
  expect(parseJson(answer(200, '{"a":'))).toBeUndefined();
  expect(parseJson(answer(200, ''))).toBeUndefined();
});

test.each([
  ['13', 13_000],
  ['0', 1_000],
  [undefined, 1_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 1_000],
  ['99999999', 3_600_000],
])('Retry-After of %s means %d ms, and is not in the text', (header, expected) => {
  const limited = answer(429, errors({ code: 'HTTP-429', title: 'API rate limit reached.' }));
  const headers = { ...limited.headers, ...(header === undefined ? {} : { 'retry-after': header }) };
  const { failure } = commonFailure(session, { ...limited, headers })!;
  expect(failure.retryAfter).toBe(expected);
  expect(failure.detail).toBe(
    'the tenant limits the rate of requests (HTTP 429, HTTP-429 "API rate limit reached.")',
  );
});
