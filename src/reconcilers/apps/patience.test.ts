import { expect, test } from 'vitest';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { AppWriter } from './app-writer.ts';
import { verdictOfError } from './verdict.ts';

const SERVER = { namespace: 'finance', name: 'qlik' };
/** What the API server answers for a moment when a CustomResourceDefinition is new or has changed. */
const BUSY = new ApiError(429, 'TooManyRequests', 'storage is (re)initializing', 0);

/** Answers with the error so many times, and then with an empty list. */
function busyFor(times: number): ApiClient & { asked: number } {
  const client = {
    asked: 0,
    request: <T>(): Promise<T> => {
      client.asked += 1;
      return client.asked <= times
        ? Promise.reject(BUSY)
        : Promise.resolve({ metadata: {}, items: [] } as unknown as T);
    },
  };
  return client;
}

test('QlikApps are listed again when the API server asks to come back later', async () => {
  const client = busyFor(2);
  await expect(new AppWriter(client).list(SERVER, new AbortController().signal)).resolves.toEqual(new Map());
  expect(client.asked).toBe(3);
});

test('an API server that stays busy is no verdict about the apps', async () => {
  const client = busyFor(Number.POSITIVE_INFINITY);
  await expect(new AppWriter(client).list(SERVER, new AbortController().signal)).rejects.toBe(BUSY);
  expect(client.asked).toBe(5);
  expect(verdictOfError(BUSY)).toBeUndefined();
  expect(verdictOfError(new ApiError(403, 'Forbidden', 'exceeded quota'))?.reason).toBe('AppsNotWritten');
});
