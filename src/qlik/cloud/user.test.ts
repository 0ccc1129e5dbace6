import { describe, expect, test } from 'vitest';
import { failureOf, QlikError, type FailureKind } from '../failure.ts';
import type { Answer } from '../transport/exchange.ts';
import { responseOf, type HttpRequest, type HttpSession } from '../transport/http.ts';
import { currentUser } from './user.ts';

const TOKEN = 'eyJhbGciOiJFUzM4NCJ9.payload.signature';
const USER: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"id":"u1","tenantId":"t1"}',
};
const redirect = (location: string, status = 301): Answer => ({
  status,
  headers: { location },
  body: '',
});

/** Gives these answers in order, the last one again and again. */
function tenant(...answers: readonly Answer[]) {
  const asked: HttpRequest[] = [];
  const session = {
    request: (request: HttpRequest) => {
      asked.push(request);
      const answer = answers[Math.min(asked.length, answers.length) - 1]!;
      return Promise.resolve(responseOf(answer, request.secrets));
    },
    failure: (kind: FailureKind, detail: string) =>
      new QlikError({ kind, phase: 'api', endpoint: 'acme.example:443', detail }),
  } as unknown as HttpSession;
  return { asked, session };
}

describe('the redirect of users/me', () => {
  test.each([
    '/api/v1/users/u1',
    'https://acme.example/api/v1/users/u1',
    'https://elsewhere.example/api/v1/users/u1?next=x#y',
    '//elsewhere.example/api/v1/users/u1',
    'https://user:pass@elsewhere.example:1/api/v1/users/u1',
  ])('to %s is followed by its path alone', async (location) => {
    const { asked, session } = tenant(redirect(location), USER);
    expect(await currentUser(session, TOKEN)).toEqual({ id: 'u1', tenantId: 't1' });
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/users/me', '/api/v1/users/u1']);
  });

  test.each([
    '',
    '/',
    '/login',
    '/api/v1/users/../../oauth/token',
    '/api/v1/users/%2e%2e/apps',
    'http://[',
    'javascript:x',
    '/api/v1/usersx',
  ])('to %j is not followed', async (location) => {
    const { asked, session } = tenant(redirect(location), USER);
    const error = await currentUser(session, TOKEN).catch((thrown: unknown) => thrown);
    expect(failureOf(error)?.kind).toBe('UnexpectedResponse');
    expect(asked.length).toBe(1);
  });

  test('is followed twice, not for ever', async () => {
    const { asked, session } = tenant(redirect('/api/v1/users/me', 307));
    const error = await currentUser(session, TOKEN).catch((thrown: unknown) => thrown);
    expect(failureOf(error)?.kind).toBe('UnexpectedResponse');
    expect(asked.length).toBe(3);
  });
});

test.each([
  [401, 'application/json', JSON.stringify({ errors: [{ code: 'X', title: `no: ${TOKEN}` }] })],
  [403, 'application/json', JSON.stringify({ errors: [{ code: TOKEN, title: 'x' }] })],
  [500, 'text/plain', `GET / authorization: Bearer ${TOKEN}`],
  [200, 'text/html', `<title>${TOKEN}</title>`],
])('a token that an answer of HTTP %i in %s repeats is in no message', async (status, type, body) => {
  const { session } = tenant({ status, headers: { 'content-type': type }, body });
  const error = await currentUser(session, TOKEN).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(TOKEN.slice(0, 16));
});
