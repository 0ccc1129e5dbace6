import { expect, test } from 'vitest';
import { startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { Needles } from './needles.ts';

test('a secret is found wherever it is hidden, and nothing harmless is', async () => {
  await using site = await startOnPremiseSite();
  const needles = new Needles();
  needles.addSite(site);
  const key = site.clientKeyPem.split('\n')[2] ?? '';
  const pfx = site.clientPfxWithAuthority.toString('base64');
  const leaks: readonly (readonly [string, string])[] = [
    ['password', site.clientPfxPassword],
    ['password', Buffer.from(site.clientPfxPassword).toString('base64')],
    ['password', Buffer.from(site.clientPfxPassword).toString('hex')],
    ['private key', key.slice(3, 19)],
    ['pfx', pfx.slice(801, 817)],
    ['foreign', site.foreignPfx.toString('base64').slice(-400, -380)],
  ];
  for (const [name, leak] of leaks) {
    expect(needles.in(`{"msg":"oops ${leak}"}`)).toEqual([`${name}: …{"msg":"oops [here]`]);
  }
  const harmless = [site.serverUrl, site.siteCa, site.clientCertPem, pfx.slice(801, 816)];
  const oneLine = harmless.join(' ').replaceAll('\n', '');
  expect([...needles.in(harmless.join(' ')), ...needles.in(oneLine)]).toEqual([]);
});
