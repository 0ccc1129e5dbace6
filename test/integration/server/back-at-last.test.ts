import { expect, test } from 'vitest';
import { until } from '../../controlplane/until.ts';
import { useLab } from './lab.ts';
import { shortly } from './conditions.ts';
import { World } from './world.ts';

const lab = useLab();

const OFTEN = { interval: '1s', retryInterval: '1s' };

// Be it with the sign-in proofs of the other servers of that host, all of which are back at the same time.
test('a server that is back is Ready though its account has too many sessions to sign in', async () => {
  await using world = await World.withServer(lab(), { wishes: { checks: OFTEN } });
  const { metadata } = await world.seeReady('True', 'ChecksPassed');
  await world.site.setFault('portRefused', true);
  await world.seeReady('False', 'ConnectionRefused');
  for (let number = 0; number < 3; number += 1) world.site.openSession();
  await world.site.clearFaults();
  const checks = lab().operator.checksOf(metadata);
  await until('some checks more', () => lab().operator.checksOf(metadata) >= checks + 3);
  expect(shortly(await world.read())).toMatchObject({ Ready: 'True/ChecksPassed' });
});
