import { expect, inject, test } from 'vitest';
import { HISTORY_FLAGS, historyOf, lastRevision, type Version } from './history.ts';
import { startControlPlane } from './start.ts';
import { until } from './until.ts';

test('has every write in order, also those before and after a crash of the API server', async () => {
  const { binaries } = inject('controlPlane');
  await using controlPlane = await startControlPlane({ binaries, extraApiServerArgs: HISTORY_FLAGS });
  const kubectl = async (...args: string[]) => expect((await controlPlane.kubectl(args)).code).toBe(0);
  await kubectl('create', 'configmap', 'a', '--from-literal=is=1');
  const versions: Version[] = [];
  const end = new AbortController();
  const following = (async () => {
    for await (const version of historyOf(controlPlane, end.signal)) versions.push(version);
  })();
  await controlPlane.restartApiServer({ signal: 'SIGKILL' });
  await kubectl('patch', 'configmap', 'a', '--patch={"data":{"is":"2"}}');
  await kubectl('delete', 'configmap', 'a');
  const last = await lastRevision(controlPlane);
  await until('it has all', () => (versions.at(-1)?.revision ?? 0) >= last);
  end.abort();
  await following.catch(() => {});
  const ofMap = versions.filter(({ key }) => key === 'configmaps/default/a');
  expect(ofMap.map(({ object }) => (object as { data?: { is: string } } | undefined)?.data?.is)).toEqual([
    '1',
    '2',
    undefined,
  ]);
  const revisions = versions.map(({ revision }) => revision);
  expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
});
