import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';
import type { ApiRequest } from './rest.ts';

function stage(most: number) {
  const sent: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<unknown>>();
  const client = inTurn(
    {
      request: <T>({ path }: ApiRequest): Promise<T> => {
        sent.push(path);
        const answer = Promise.withResolvers<unknown>();
        answers.set(path, answer);
        return answer.promise as Promise<T>;
      },
    },
    most,
  );
  const ask = (path: string) => client.request<string>({ method: 'PUT', path });
  return { sent, answers, ask };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('no more requests are under way than it says, and the others follow in order', async () => {
  const { sent, answers, ask } = stage(2);
  const asked = ['a', 'b', 'c', 'd'].map(ask);
  await settle();
  expect(sent).toEqual(['a', 'b']);
  answers.get('b')?.resolve('answer');
  expect(await asked[1]).toBe('answer');
  await settle();
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('one that fails tells its caller, and makes room like any other', async () => {
  const { sent, answers, ask } = stage(1);
  const first = ask('a');
  void ask('b');
  await settle();
  answers.get('a')?.reject(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  await settle();
  answers.get('b')?.resolve('answer');
  await settle();
  // Nobody waited when the last one ended: its place is free all the same, once.
  void ask('c');
  void ask('d');
  await settle();
  expect(sent).toEqual(['a', 'b', 'c']);
});
