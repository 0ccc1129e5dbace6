import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TelemetryServer } from './http.ts';

let server: TelemetryServer;
let address: string;

beforeEach(async () => {
  server = new TelemetryServer({
    '/fine': () => Promise.resolve({ status: 200, type: 'text/special', body: 'fine' }),
    '/broken': () => Promise.reject(new Error('with a secret')),
  });
  address = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await server.close();
});

/** The status line of an answer to a path that `fetch` would not send as it is. */
async function statusOf(path: string): Promise<string | undefined> {
  const socket = connect(Number(address.split(':').at(-1)), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return (await text(socket)).split('\r\n')[0];
}

test('answers what it knows, with its type', async () => {
  const response = await fetch(`http://${address}/fine?verbose`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/special']);
  expect(await response.text()).toBe('fine');
});

test('does not say why something is broken', async () => {
  const response = await fetch(`http://${address}/broken`);
  expect([response.status, await response.text()]).toEqual([500, 'internal error\n']);
});

test.each(['/', '//', '/other', '/fine/', '/__proto__', '///?a', 'http://[', '/%'])(
  'answers %s with 404 and goes on',
  async (path) => {
    expect(await statusOf(path)).toBe('HTTP/1.1 404 Not Found');
    expect(await statusOf('/fine')).toBe('HTTP/1.1 200 OK');
  },
);

test('says when it cannot listen', async () => {
  const other = new TelemetryServer({});
  const port = Number(address.split(':').at(-1));
  await expect(other.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('closes while an answer is awaited', async () => {
  const asked = Promise.withResolvers<void>();
  const slow = new TelemetryServer({
    '/slow': () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const answer = fetch(`http://${await slow.listen({ host: '127.0.0.1', port: 0 })}/slow`);
  await asked.promise;
  await Promise.all([expect(answer).rejects.toThrow('fetch failed'), slow.close()]);
});
