import { expect, test } from 'vitest';
import { ApiError } from '../../kubernetes/api-error.ts';
import { METADATA } from '../../kubernetes/resource.ts';
import type { ApiRequest } from '../../kubernetes/rest.ts';
import { readSourceFrom } from './read-source.ts';

const LABELS = { 'kpimailer.io/credentials': 'true' };
const PATH = '/api/v1/namespaces/kpi/secrets/client';

/** What is asked for, `metadata` or `contents`, of a Secret with these labels. */
function stage(labels: Readonly<Record<string, string>>, { watched = false } = {}) {
  const asked: string[] = [];
  const request = <T>({ path, accept }: ApiRequest): Promise<T> => {
    asked.push(`${accept === METADATA ? 'metadata' : 'contents'} ${path}`);
    const data = accept === METADATA ? {} : { data: { key: Buffer.from('secret').toString('base64') } };
    return Promise.resolve({ metadata: { labels }, ...data } as T);
  };
  const read = readSourceFrom({ request }, 'kpi', { isWatched: () => watched, remedy: () => 'ask' });
  return { asked, read };
}

test('the contents of a Secret without the label are never asked for', async () => {
  for (const labels of [{}, { 'kpimailer.io/credentials': 'false' }]) {
    const { asked, read } = stage(labels);
    expect(await read({ kind: 'Secret', name: 'client' })).toEqual({ state: 'present', labels, data: {} });
    expect(asked).toEqual([`metadata ${PATH}`]);
  }
});

test('those of one with the label are, at once where a watch has seen the label', async () => {
  const data = { key: Buffer.from('secret') };
  const unwatched = stage(LABELS);
  expect(await unwatched.read({ kind: 'Secret', name: 'client' })).toMatchObject({ data });
  expect(unwatched.asked).toEqual([`metadata ${PATH}`, `contents ${PATH}`]);
  const watched = stage(LABELS, { watched: true });
  expect(await watched.read({ kind: 'Secret', name: 'client' })).toMatchObject({ data });
  expect(watched.asked).toEqual([`contents ${PATH}`]);
});

test.each([
  [404, { state: 'absent' }],
  [403, { state: 'denied', remedy: 'ask' }],
])('an answer of %i is no error', async (code, source) => {
  const request = () => Promise.reject(new ApiError(code, '', ''));
  const read = readSourceFrom({ request }, 'kpi', { isWatched: () => false, remedy: () => 'ask' });
  expect(await read({ kind: 'Secret', name: 'client' })).toEqual(source);
});
