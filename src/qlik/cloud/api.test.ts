import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { failureOf, QlikError } from '../failure.ts';
import type { Answer } from '../transport/exchange.ts';
import { responseOf, type HttpRequest, type HttpSession } from '../transport/http.ts';
import { TenantApi } from './api.ts';
import type { CloudConnection } from './tenant.ts';
import { AttemptsExhausted, type TokenCache } from './token.ts';

vi.mock('node:timers/promises', () => import('../../../test/fakes/timers-promises.ts'));
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const json = (status: number, body: unknown, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const refused = (status: number, code: string, headers: Answer['headers'] = {}) =>
  json(status, { errors: [{ code, title: 'No' }] }, headers);
const limited = (seconds: string) => refused(429, 'HTTP-429', { 'retry-after': seconds });
const PAGE = json(200, { value: 7 });

/** Of a tenant that has asked nobody to wait. */
const reading = (_connection: unknown, _session: unknown, request: () => unknown) => request();

/** An API whose tenant gives these answers in order, the last one again and again; each new token is another one. */
function tenant(...answers: readonly Answer[]) {
  const asked: HttpRequest[] = [];
  const session = {
    request: (request: HttpRequest) => {
      asked.push(request);
      const answer = answers[Math.min(asked.length, answers.length) - 1]!;
      return Promise.resolve(responseOf(answer, request.secrets));
    },
    failure: (kind: 'Forbidden', detail: string, phase = 'api' as const) =>
      new QlikError({ kind, phase, endpoint: 'acme.example:443', detail }),
  } as unknown as HttpSession;
  let number = 1;
  const tokens = {
    get: (_connection: unknown, _session: unknown, { anew }: { anew: boolean }) =>
      Promise.resolve(`secret-token-${(number += anew ? 1 : 0)}`),
    reading,
  } as unknown as TokenCache;
  const abort = new AbortController();
  const connection = {} as CloudConnection;
  return { asked, abort, api: new TenantApi(session, { connection, tokens, signal: abort.signal }) };
}

const VALUE = z.object({ value: z.int() });
const failing = (work: Promise<unknown>) => work.catch((error: unknown) => failureOf(error) ?? error);

test('an answer is what its JSON holds, asked for with the token', async () => {
  const { api, asked } = tenant(PAGE);
  expect(await api.get('/api/v1/x', VALUE)).toEqual({ value: 7 });
  expect(asked).toMatchObject([
    {
      method: 'GET',
      path: '/api/v1/x',
      headers: { authorization: 'Bearer secret-token-1' },
      secrets: ['secret-token-1'],
    },
  ]);
});

describe('a token that is refused', () => {
  test('is replaced once, in the middle of the work', async () => {
    const { api, asked } = tenant(refused(401, 'HTTP-401'), PAGE);
    expect(await api.get('/api/v1/x', VALUE)).toEqual({ value: 7 });
    expect(asked.map(({ headers }) => headers?.['authorization'])).toEqual([
      'Bearer secret-token-1',
      'Bearer secret-token-2',
    ]);
  });

  test('twice is a failure', async () => {
    const { api, asked } = tenant(refused(401, 'HTTP-401'));
    expect(await failing(api.get('/api/v1/x', VALUE))).toMatchObject({ kind: 'TokenRefused' });
    expect(asked.length).toBe(2);
  });

  test('and may not be replaced any more is a rejected client', async () => {
    const tokens = {
      get: () => Promise.reject(new AttemptsExhausted()),
      reading,
    } as unknown as TokenCache;
    const { api } = tenant(PAGE);
    const { signal } = new AbortController();
    const without = new TenantApi(api.session, { connection: {} as CloudConnection, tokens, signal });
    expect(await failing(without.get('/api/v1/x', VALUE))).toMatchObject({ kind: 'CredentialsRejected' });
  });
});

describe('a tenant that limits the rate', () => {
  test('is asked again after the time that it says', async () => {
    const { api, asked } = tenant(limited('13'), PAGE);
    const answer = api.get('/api/v1/x', VALUE);
    await vi.advanceTimersByTimeAsync(12_999);
    expect(asked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual({ value: 7 });
  });

  test('is asked five times in all', async () => {
    const { api, asked } = tenant(limited('1'));
    const failure = failing(api.get('/api/v1/x', VALUE));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failure).toMatchObject({ kind: 'RateLimited', retryAfter: 1000 });
    expect(asked.length).toBe(5);
  });

  test('for longer than a minute is not waited for', async () => {
    const { api, asked } = tenant(limited('61'));
    expect(await failing(api.get('/api/v1/x', VALUE))).toMatchObject({
      kind: 'RateLimited',
      retryAfter: 61_000,
    });
    expect(asked.length).toBe(1);
  });

  test('is not waited for once the work is given up', async () => {
    const { api, abort, asked } = tenant(limited('13'), PAGE);
    const failure = failing(api.get('/api/v1/x', VALUE));
    await vi.advanceTimersByTimeAsync(1_000);
    const reason = new Error('superseded');
    abort.abort(reason);
    expect(await failure).toBe(reason);
    expect(asked.length).toBe(1);
  });
});

test.each<[string, Answer, string, string]>([
  [
    'a page of the web',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    'UnexpectedResponse',
    'unexpected answer of /api/v1/x',
  ],
  [
    'JSON that ends in the middle',
    { ...PAGE, body: '{"value":' },
    'UnexpectedResponse',
    'the JSON is not what Qlik sends',
  ],
  ['other JSON', json(200, { value: 'seven' }), 'UnexpectedResponse', 'the JSON is not what Qlik sends'],
  ['a bad request', refused(400, 'HTTP-400'), 'UnexpectedResponse', 'HTTP 400, HTTP-400 "No"'],
  ['a missing permission', refused(403, 'HTTP-403'), 'Forbidden', 'HTTP 403, HTTP-403 "No"'],
  ['a gateway in trouble', { status: 502, headers: {}, body: '' }, 'ProxyUnavailable', 'HTTP 502'],
])('%s is a failure', async (_what, answer, kind, detail) => {
  const { api } = tenant(answer);
  const failure = await failing(api.get('/api/v1/x?limit=100', VALUE));
  expect(failure).toMatchObject({ kind, detail: expect.stringContaining(detail) as unknown });
});
