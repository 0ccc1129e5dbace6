import { expect, test } from 'vitest';
import { ApiError, apiErrorOf, hasCode } from './api-error.ts';

test('a Status gives reason and message', () => {
  const body = JSON.stringify({ kind: 'Status', reason: 'NotFound', message: 'secrets "a" not found' });
  const error = apiErrorOf(404, body, undefined);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    name: 'ApiError',
    code: 404,
    reason: 'NotFound',
    message: 'secrets "a" not found',
    retryAfter: undefined,
  });
});

test.each(['', 'null', '[]', '17', '{}', '<html>Bad Gateway</html>', '{"cut'])(
  'a body that is no Status, %j, gives the HTTP status and not the body',
  (body) => {
    const { code, reason, message } = apiErrorOf(502, body, undefined);
    expect([code, reason, message]).toEqual([502, '', 'HTTP 502']);
  },
);

test.each([
  ['3', 3_000],
  ['0', 0],
  [undefined, undefined],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['soon', undefined],
])('Retry-After %j is %j milliseconds', (header, milliseconds) => {
  expect(apiErrorOf(429, '{}', header).retryAfter).toBe(milliseconds);
});

test('hasCode tells answers from other errors', () => {
  const answer = new ApiError(409, 'Conflict', '');
  const other = Object.assign(new Error('x'), { code: 409 });
  expect([hasCode(answer, 409), hasCode(answer, 404), hasCode(other, 409), hasCode(undefined, 409)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
