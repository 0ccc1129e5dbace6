import { describe, expect, inject, test } from 'vitest';
import { isRefused, rightOf, usedRights } from '../../installation/rights.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { shortly } from './conditions.ts';
import { World } from './world.ts';

const HEALTHY = { Ready: 'True/ChecksPassed', Configured: 'True/ConfigurationValid' };

/** One namespace for each test, as the names in them are fixed. */
const NAMESPACES = ['rotated', 'missing', 'denied', 'trusting', 'restarted'];

/** secretAccess.mode `named`: rules with resourceNames, and none that reaches further. */
const lab = useLab({
  namespaces: NAMESPACES,
  values: {
    secretAccess: {
      mode: 'named',
      named: NAMESPACES.map((namespace) => ({ namespace, secrets: ['client'], configMaps: ['trust'] })),
    },
  },
});

describe.concurrent('with rights on Secrets by name', () => {
  test('a server is judged, and judged again when its Secret changes', async () => {
    await using world = await World.withServer(lab(), { namespace: 'rotated' });
    await world.seeReady('True', 'ChecksPassed');
    await world.replaceSecret({ pfx: world.site.foreignPfx });
    await world.seeReady('False', 'CandidateRejected');
    await world.replaceSecret({ pfx: world.site.clientPfxWithAuthority });
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toMatchObject(HEALTHY);
  });

  test('a Secret that is not there is missed by its name, and seen once it is made', async () => {
    await using world = await World.create(lab(), { namespace: 'missing' });
    await world.createTrust();
    await world.createServer();
    const missing = await world.seeReady('False', 'SecretNotFound');
    expect(shortly(missing)).toMatchObject({ Configured: 'False/SecretNotFound' });
    await world.createSecret();
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toMatchObject(HEALTHY);
  });

  test('a Secret that no rule names is not read, and one that a rule names is', async () => {
    lab().expectRefusals({ namespace: 'denied', name: 'other' });
    await using world = await World.create(lab(), { namespace: 'denied' });
    await world.createTrust();
    await world.createSecret();
    await world.addSecret('other', {
      'client.pfx': world.site.clientPfxWithAuthority,
      password: world.site.clientPfxPassword,
    });
    const certificate = (secretName: string) => ({ clientCertificate: { pkcs12: { secretName } } });
    await world.createServer({ onPremise: certificate('other') });
    const denied = await world.seeReady('False', 'SecretAccessDenied');
    expect(shortly(denied)).toMatchObject({ Configured: 'False/SecretAccessDenied' });
    expect(world.requests).toBe(0);
    await world.edit({ onPremise: certificate('client') });
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toMatchObject(HEALTHY);
  });

  test('a ConfigMap of authorities is followed', async () => {
    await using world = await World.withServer(lab(), { namespace: 'trusting' });
    await world.seeReady('True', 'ChecksPassed');
    await world.replaceTrust(world.site.siteCa);
    await world.seeCondition('ServerReachable', 'False', 'UnknownCA');
    await world.replaceTrust();
    const trusted = await world.seeCondition('ServerReachable', 'True', 'Reachable');
    expect(shortly(trusted)).toMatchObject(HEALTHY);
  });
});

test('a restart of the operator changes nothing, and it goes on following', async () => {
  await using world = await World.withServer(lab(), { namespace: 'restarted' });
  const before = await world.seeReady('True', 'ChecksPassed');
  const { requests } = world;
  await lab().restartOperator();
  await world.request('after the restart');
  const after = await world.see(
    'it has handled the request',
    ({ status }) => status?.lastHandledReconcileAt === 'after the restart',
  );
  expect(shortly(after)).toEqual(shortly(before));
  expect(world.requests).toBeGreaterThan(requests);
  await world.replaceSecret({ pfx: world.site.foreignPfx });
  await world.seeReady('False', 'CandidateRejected');
});

test('every read of a Secret or ConfigMap is of one name, and every right by name is used', () => {
  const requests = lab().account.requests();
  const reads = requests.filter(({ objectRef }) =>
    ['secrets', 'configmaps'].includes(objectRef?.resource ?? ''),
  );
  expect(reads.length).toBeGreaterThan(0);
  const unselected = reads.filter(
    ({ verb, objectRef, requestURI }) =>
      objectRef?.name === undefined ||
      (verb !== 'get' && !requestURI.includes(`fieldSelector=metadata.name%3D${objectRef.name}`)),
  );
  expect(unselected.map(({ requestURI }) => requestURI)).toEqual([]);
  expect([...new Set(reads.filter(isRefused).map(({ objectRef }) => objectRef?.name))]).toEqual(['other']);
  // Those that every installation has are used by other files.
  const own = lab().granted.filter((right) => !inject('installation').granted.includes(right));
  expect(own.length).toBeGreaterThan(0);
  // This API server streams what it would list; least-rights.test.ts has one that does not.
  expect(usedRights(own, requests)).toEqual(own.filter((right) => !right.startsWith('list ')));
  expect(requests.map(rightOf)).not.toContain('list /secrets');
});

searchForSecrets(lab);
