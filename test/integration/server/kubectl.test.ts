import { expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { expectGolden, masked } from './golden.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { World } from './world.ts';

/** One that does not stream the initial state, as before 1.34: the operator lists then, and needs the right to. */
const lab = useLab({ apiServerArgs: ['--feature-gates=WatchList=false'] });

test.each([
  ['healthy', {}, 'True', 'ChecksPassed'],
  ['broken', { certificateRejected: true }, 'False', 'ClientCertificateRejected'],
] as const)('kubectl shows a server that is %s', async (name, faults, status, reason) => {
  await using world = await World.create(lab(), { faults });
  await world.createSecret();
  await world.createTrust();
  await world.createServer({ displayName: 'Finance' }, name);
  await world.seeReady(status, reason, name);
  await world.seeEvents([status === 'True' ? 'Normal Connected' : 'Warning NeedsAttention'], name);

  // The API server tells of a new kind and its category a moment after it serves them.
  await until('kubectl knows the category', async () => (await world.kubectl('get', 'qlik')).code === 0);
  const shown = async (...args: readonly string[]) => {
    const { stdout, stderr } = await world.kubectl(...args);
    expect(stderr).toBe('');
    return stdout;
  };
  expectGolden(`${name}-get`, await shown('get', 'qlikservers'));
  expectGolden(`${name}-get-wide`, await shown('get', 'qlik', '--output=wide'));
  expectGolden(`${name}-describe`, await shown('describe', 'qs', name));
});

test('the mask hides what differs from run to run, and nothing else', () => {
  expect(masked('qlik   True   https://localhost:31234/kpi   0s   2m3s   12 apps')).toBe(
    'qlik   True   https://localhost:PORT/kpi   AGE   AGE   12 apps',
  );
  expect(masked('    Message:  no age of 5s here')).toBe('    Message:  no age of 5s here');
});

searchForSecrets(lab);
