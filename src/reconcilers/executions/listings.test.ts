import { expect, test } from 'vitest';
import { exampleJob } from '../../../test/fakes/execution-examples.ts';
import { ObjectApi } from '../../../test/fakes/object-api.ts';
import { JOBS } from './job.ts';
import { Listings } from './listings.ts';

function jobsAt(...namespaces: readonly (string | undefined)[]) {
  const api = new ObjectApi();
  api.add(JOBS, exampleJob('a'));
  api.add(JOBS, exampleJob('b', { metadata: { namespace: 'sales', labels: null } }));
  return { api, listings: new Listings(api.client, namespaces) };
}

test('all Jobs are listed where somebody looks, with a label or without', async () => {
  const names = async (...namespaces: readonly (string | undefined)[]) =>
    (await jobsAt(...namespaces).listings.jobs()).map(({ metadata }) => metadata.name);
  expect(await names(undefined)).toEqual(['a', 'b']);
  expect(await names('sales')).toEqual(['b']);
});

test('Jobs are listed as they are now', async () => {
  const { api, listings } = jobsAt(undefined);
  api.fallBehind();
  api.add(JOBS, exampleJob('c'));
  expect(await listings.jobs()).toHaveLength(3);
});

test('who asks while a listing is under way gets the next one, and shares it', async () => {
  const { api, listings } = jobsAt(undefined);
  const during: Promise<readonly unknown[]>[] = [];
  api.onRequest = (_request, when) => {
    if (when === 'before' || during.length > 0) return;
    during.push(listings.jobs(), listings.jobs());
    api.add(JOBS, exampleJob('c'));
  };
  expect(await listings.jobs()).toHaveLength(2);
  expect((await Promise.all(during)).map(({ length }) => length)).toEqual([3, 3]);
  expect(api.requests).toHaveLength(2);
});

test('a listing that fails does not keep the next one from being made', async () => {
  const { api, listings } = jobsAt(undefined);
  api.onRequest = () => {
    throw new Error('connection reset');
  };
  await expect(listings.jobs()).rejects.toThrow('connection reset');
  api.onRequest = () => {};
  expect(await listings.jobs()).toHaveLength(2);
});
