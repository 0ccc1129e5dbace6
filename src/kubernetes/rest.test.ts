import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventRecorder } from './events.ts';
import { RestClient } from './rest.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let seen: Seen[];
let answer: (response: ServerResponse, seen: Seen) => void;
let token: string;
let reads: number;
let rest: RestClient;
let answered: string[];

const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { method, url, headers } = request;
    const one = { method, url, headers, body };
    seen.push(one);
    answer(response, one);
  });
});

beforeEach(async () => {
  seen = [];
  answered = [];
  reads = 0;
  token = 'first';
  answer = (response) => response.end('{"ok":true}');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const access = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: 'ns',
    credentials: () => {
      reads += 1;
      return Promise.resolve({ headers: { authorization: `Bearer ${token}` }, tls: {} });
    },
  };
  rest = new RestClient(access, ({ method, path }, status) => answered.push(`${method} ${path} ${status}`));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rest.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('keeps its connections, though it deletes', async () => {
  const connections = new Set<number | undefined>();
  server.on('request', ({ socket }) => connections.add(socket.remotePort));
  for (let count = 0; count < 10; count += 1) await rest.request({ method: 'DELETE', path: '/a', body: {} });
  expect(seen).toHaveLength(10);
  // The one that has just been used may not be free yet.
  expect(connections.size).toBeLessThanOrEqual(2);
});

const onlySecond: typeof answer = (response, { headers }) => {
  response.writeHead(headers.authorization === 'Bearer second' ? 200 : 401).end('{"message":"who?"}');
};

test('sends method, query, body and headers, and gives the JSON', async () => {
  const request = { path: '/things', query: { fieldValidation: 'Strict' }, body: { a: 1 } };
  expect(await rest.request({ method: 'POST', ...request })).toEqual({ ok: true });
  await rest.request({ method: 'PATCH', ...request, accept: 'text/special' });
  await rest.request({ method: 'GET', path: '/things' });
  await rest.request({ method: 'PATCH', ...request, contentType: 'application/apply-patch+yaml' });
  const [post, patch, get, apply] = seen;
  expect(post).toMatchObject({ method: 'POST', url: '/things?fieldValidation=Strict', body: '{"a":1}' });
  expect(post?.headers).toMatchObject({
    accept: 'application/json',
    authorization: 'Bearer first',
    'content-type': 'application/json',
    'user-agent': 'qlik-operator',
  });
  expect(patch?.headers).toMatchObject({
    accept: 'text/special',
    'content-type': 'application/merge-patch+json',
  });
  expect(get).toMatchObject({ method: 'GET', url: '/things', body: '' });
  expect(get?.headers).not.toHaveProperty('content-type');
  expect(apply?.headers['content-type']).toBe('application/apply-patch+yaml');
  const asked = ['POST', 'PATCH', 'GET', 'PATCH'].map((method) => `${method} /things 200`);
  expect(answered).toEqual(asked);
});

test('throws an answer that is not a success', async () => {
  answer = (response) => response.writeHead(429, { 'retry-after': '3' }).end('{"reason":"TooMany"}');
  const expected = { name: 'ApiError', code: 429, reason: 'TooMany', retryAfter: 3_000 };
  await expect(rest.request({ method: 'GET', path: '/' })).rejects.toMatchObject(expected);
  await expect(rest.stream({ method: 'GET', path: '/' })).rejects.toMatchObject(expected);
});

test('reads credentials again after a 401, and tries once more', async () => {
  answer = onlySecond;
  await expect(rest.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 401 });
  expect([seen.length, reads]).toEqual([2, 2]);
  token = 'second';
  await rest.request({ method: 'GET', path: '/' });
  expect([seen.length, reads]).toEqual([4, 3]);
});

test('reads credentials again after a minute, and not before', async () => {
  const now = Date.now();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
  await rest.request({ method: 'GET', path: '/' });
  token = 'second';
  clock.mockReturnValue(now + 60_000);
  await rest.request({ method: 'GET', path: '/' });
  clock.mockReturnValue(now + 60_001);
  await rest.request({ method: 'GET', path: '/' });
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer first',
    'Bearer second',
  ]);
});

test('ends a request with its signal', async () => {
  const abort = new AbortController();
  answer = () => abort.abort(new Error('not needed any more'));
  const request = { method: 'GET', path: '/', signal: abort.signal } as const;
  await expect(rest.request(request)).rejects.toThrow('not needed any more');
});

test.each([
  ['short', 'short'],
  ['x'.repeat(1025), 'x'.repeat(1024)],
  [`${'x'.repeat(1023)}ü`, 'x'.repeat(1023)],
  ['😀'.repeat(300), '😀'.repeat(256)],
  [`x${'😀'.repeat(300)}`, `x${'😀'.repeat(255)}`],
])('an event note of more than 1024 bytes is cut between characters (%#)', async (note, written) => {
  const metadata = { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '1' };
  const regarding = { apiVersion: 'v1', kind: 'Thing', metadata };
  await new EventRecorder(rest, 'host').record(regarding, { type: 'Normal', reason: 'Seen', note });
  expect(JSON.parse(seen[0]!.body)).toMatchObject({ note: written });
});
