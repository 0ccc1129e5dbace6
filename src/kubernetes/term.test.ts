import { expect, test } from 'vitest';
import type { ApiRequest } from './rest.ts';
import { clientOf, TermOver } from './term.ts';

function stage() {
  const sent: ApiRequest[] = [];
  const end = new AbortController();
  let held = true;
  const rest = {
    request: <T>(request: ApiRequest): Promise<T> => {
      sent.push(request);
      return Promise.resolve('answer' as T);
    },
  };
  const client = clientOf({ signal: end.signal, isHeld: () => held }, rest);
  return { sent, end, client, lapse: () => (held = false) };
}

test('a request is not sent once the term is over, even if no timer has told so yet', async () => {
  const { sent, client, lapse } = stage();
  expect(await client.request({ method: 'PUT', path: '/x' })).toBe('answer');
  lapse();
  await expect(client.request({ method: 'PUT', path: '/x' })).rejects.toBeInstanceOf(TermOver);
  expect(sent).toHaveLength(1);
});

test('a request under way ends with the term, and with its own signal', async () => {
  const { sent, end, client } = stage();
  const own = new AbortController();
  await client.request({ method: 'GET', path: '/x' });
  await client.request({ method: 'GET', path: '/x', signal: own.signal });
  await client.request({ method: 'GET', path: '/x', signal: new AbortController().signal });
  const aborted = () => sent.map(({ signal }) => signal?.aborted);
  own.abort();
  expect(aborted()).toEqual([false, true, false]);
  end.abort();
  expect(aborted()).toEqual([true, true, true]);
});
