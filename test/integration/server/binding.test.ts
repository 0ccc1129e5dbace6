import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CREDENTIALS_LABEL } from '../../../src/api/group.ts';
import { until } from '../../controlplane/until.ts';
import { PATHS } from './api.ts';
import { CloudWorld } from './cloud-world.ts';
import { conditionOf, shortly } from './conditions.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { PATIENCE, type Place } from './place.ts';
import { World } from './world.ts';

const lab = useLab();

const NAME = 'qlik-binding';
const BOUND = { binding: { secretName: NAME } };
/** Checked every second. */
const OFTEN = { ...BOUND, checks: { interval: '1s', retryInterval: '1s' } };
const PASSWORD_LENGTH = 24;

interface Secret {
  readonly type: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

function secretOf({ namespace }: Place, name = NAME): Promise<Secret> {
  return lab().api.get<Secret>(`${PATHS.secrets(namespace)}/${name}`);
}

async function contentsOf(place: Place): Promise<Readonly<Record<string, string>>> {
  const { data = {} } = await secretOf(place);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

async function exists({ namespace }: Place): Promise<boolean> {
  const { items } = await lab().api.get<{ items: { metadata: { name: string } }[] }>(
    PATHS.secrets(namespace),
  );
  return items.some(({ metadata }) => metadata.name === NAME);
}

const seeGone = (place: Place) =>
  until('the binding Secret is gone', async () => !(await exists(place)), PATIENCE);

const seeContents = (place: Place, key: string, isAsWanted: (value: string | undefined) => boolean) =>
  until(`the new ${key}`, async () => isAsWanted((await contentsOf(place))[key]), PATIENCE);

const seeBound = (place: Place) => place.see('it', ({ status }) => status?.binding?.name === NAME);

describe.concurrent('what passes every check is written', () => {
  test('of a site, in the layout of the Service Binding specification', async () => {
    await using world = await World.withServer(lab(), { wishes: BOUND });
    await world.seeReady('True', 'ChecksPassed');
    const { status } = await world.read();
    expect(status?.binding).toEqual({ name: NAME });
    const { type, metadata } = await secretOf(world);
    expect(type).toBe('servicebinding.io/qlik');
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'QlikServer', name: 'qlik' }]);
    expect(metadata.labels?.[CREDENTIALS_LABEL.name]).toBe('true');
    const { certificates, 'private-key': key, 'ca.crt': authorities, ...rest } = await contentsOf(world);
    const { serverUrl, serviceAccount, siteCa, corporateCa } = world.site;
    expect(rest).toEqual({
      type: 'qlik',
      provider: 'OnPremise',
      uri: serverUrl,
      'user-directory': serviceAccount.userDirectory,
      username: serviceAccount.userId,
    });
    const certificate = new X509Certificate(certificates ?? '');
    expect(certificate.fingerprint256).toBe(status?.certificate?.fingerprint);
    expect(certificate.checkPrivateKey(createPrivateKey(key ?? ''))).toBe(true);
    expect(authorities).toContain(siteCa.trim());
    expect(authorities).toContain(corporateCa.trim());
  });

  test('of a tenant', async () => {
    const wishes = { ...BOUND, cloud: { webIntegrationId: 'web' } };
    await using world = await CloudWorld.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    const { tenantUrl, clientId, clientSecret, ca } = world.tenant;
    expect(await contentsOf(world)).toEqual({
      type: 'qlik',
      provider: 'Cloud',
      uri: tenantUrl,
      'client-id': clientId,
      'client-secret': clientSecret,
      'web-integration-id': 'web',
      'ca.crt': `${ca.trim()}\n`,
    });
  });

  test.each(['legacyRC2', 'legacyDES', 'modern2023'] as const)('from a file of %s', async (encoder) => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createSecret({ pfx: await world.site.exportClient({ encoder }) });
    await world.createServer(BOUND);
    await world.seeReady('True', 'ChecksPassed');
    const { certificates, 'private-key': key } = await contentsOf(world);
    expect(new X509Certificate(certificates ?? '').checkPrivateKey(createPrivateKey(key ?? ''))).toBe(true);
  });

  test('but nothing of a connection that never passed', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createSecret({ pfx: world.site.foreignPfx });
    await world.createServer(BOUND);
    const server = await world.seeReady('False', 'ClientCertificateRejected');
    expect(server.status).not.toHaveProperty('binding');
    expect(await exists(world)).toBe(false);
  });

  test('into an empty Secret that was made for it', async () => {
    await using world = await World.create(lab());
    await world.addSecret(NAME, {});
    await world.createTrust();
    await world.createSecret();
    await world.createServer(BOUND);
    await world.seeReady('True', 'ChecksPassed');
    expect(await contentsOf(world)).toMatchObject({ provider: 'OnPremise' });
    expect((await secretOf(world)).metadata.ownerReferences).toHaveLength(1);
  });

  test.each([
    ['has the label, but is not empty', true, { theirs: 'x' }],
    ['has no label', false, {}],
  ])('never into one that %s', async (_what, labelled, data) => {
    await using world = await World.create(lab());
    await world.addSecret(NAME, data, labelled);
    const before = await secretOf(world);
    await world.createTrust();
    await world.createSecret();
    await world.createServer(BOUND);
    const server = await world.seeReady('False', 'BindingSecretNotOwned');
    expect(shortly(server)).toMatchObject({ Configured: 'False/BindingSecretNotOwned' });
    expect(conditionOf(server, 'Configured')?.message).toContain(
      `the Secret "${NAME}" was not made for this`,
    );
    expect(await secretOf(world)).toEqual(before);
    // Looked at again once it is out of the way.
    await lab().api.delete(`${PATHS.secrets(world.namespace)}/${NAME}`);
    await world.request('now');
    await world.seeReady('True', 'ChecksPassed');
  });

  test('again when somebody has deleted it or changed it', async () => {
    await using world = await World.withServer(lab(), { wishes: BOUND });
    await world.seeReady('True', 'ChecksPassed');
    const before = await contentsOf(world);
    await world.editSecret(NAME, { username: 'somebody' });
    await seeContents(world, 'username', (username) => username === before['username']);
    await lab().api.delete(`${PATHS.secrets(world.namespace)}/${NAME}`);
    await until('it is back', () => exists(world), PATIENCE);
    expect(await contentsOf(world)).toEqual(before);
  });

  test('and goes when the spec does not want it any more, or under another name', async () => {
    await using world = await World.withServer(lab(), { wishes: BOUND });
    await world.seeReady('True', 'ChecksPassed');
    await world.edit({ binding: { secretName: 'other' } });
    await world.see('the other one', ({ status }) => status?.binding?.name === 'other');
    await seeGone(world);
    await world.edit({ binding: null });
    await world.see('none', ({ status }) => status?.binding === undefined);
    const { stdout } = await world.kubectl('get', 'secrets', '--output=name');
    expect(stdout).toBe('secret/client\n');
  });

  test('and is not written again while nothing changes', async () => {
    await using world = await World.withServer(lab(), { wishes: OFTEN });
    await world.seeReady('True', 'ChecksPassed');
    const { metadata } = await secretOf(world);
    await world.seeRequests(4);
    expect((await secretOf(world)).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});

describe.concurrent('new contents', () => {
  test.each<[string, string, (world: World) => Promise<unknown>]>([
    [
      'with a wrong password',
      'does not open with the password given',
      (world) => world.replaceSecret({ password: 'x'.repeat(PASSWORD_LENGTH) }),
    ],
    ['of another site', 'Authenticated: ', (world) => world.replaceSecret({ pfx: world.site.foreignPfx })],
    [
      'that have expired',
      'Authenticated: ',
      async (world) => {
        const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
        await world.replaceSecret({ pfx: await world.site.exportClient(validity) });
      },
    ],
    [
      'that are no PKCS#12 file',
      'is not a PKCS#12 file',
      (world) => world.replaceSecret({ pfx: Buffer.from('what is this') }),
    ],
    ['that trust nobody', 'ServerReachable: ', (world) => world.replaceTrust(world.site.siteCa)],
  ])('%s leave executions what they had', async (_what, why, replace) => {
    await using world = await World.withServer(lab(), { wishes: BOUND });
    await world.seeReady('True', 'ChecksPassed');
    const before = await secretOf(world);
    await replace(world);
    const server = await world.seeCondition('Configured', 'True', 'CandidateRejected');
    expect(shortly(server)).toMatchObject({ Ready: 'True/ChecksPassed', Connected: 'True/ChecksPassed' });
    expect(shortly(server)).not.toHaveProperty('Stalled');
    expect(server.status?.credential).toEqual({
      state: 'CandidateRejected',
      message: expect.stringContaining(why) as string,
    });
    expect(await secretOf(world)).toEqual(before);
    await world.seeEvents(['Normal Connected', 'Warning CandidateRejected']);
    // What is in use is what is checked.
    await world.request('now');
    await world.see('the request is handled', ({ status }) => status?.lastHandledReconcileAt === 'now');
    await world.seeReady('True', 'ChecksPassed');
    const pfx = await world.site.exportClient();
    await Promise.all([world.replaceSecret({ pfx }), world.replaceTrust()]);
    const healed = await world.seeCondition('Configured', 'True', 'ConfigurationValid');
    expect(healed.status?.credential).toEqual({ state: 'Current' });
    await seeContents(world, 'certificates', () => true);
    expect((await secretOf(world)).data).not.toEqual(before.data);
  });

  test('that nobody answered to wait beside what is in use', async () => {
    const wishes = { ...BOUND, checks: { interval: '1h', retryInterval: '1s', failureThreshold: 10 } };
    await using world = await World.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    const before = await contentsOf(world);
    await world.site.setFault('portRefused', true);
    await world.replaceSecret({ pfx: await world.site.exportClient() });
    const server = await world.see('it', ({ status }) => status?.credential?.state === 'CandidateUnproven');
    expect(shortly(server)).toMatchObject({ Ready: 'True/ChecksPassed', ServerReachable: 'True/Reachable' });
    expect(await contentsOf(world)).toEqual(before);
    await world.site.clearFaults();
    await world.see('it', ({ status }) => status?.credential?.state === 'Current');
    await seeContents(world, 'certificates', (certificates) => certificates !== before['certificates']);
  });

  test('of a tenant that rejects them are left alone, and its apps are synced all the same', async () => {
    const wishes = { ...BOUND, appSync: { enabled: true } };
    await using world = await CloudWorld.withServer(lab(), { wishes });
    await world.seeCondition('AppsSynced', 'True', 'AppsSynced');
    const valid = world.tenant.clientSecret;
    await world.replaceSecret('not this one, for sure');
    const server = await world.seeCondition('Configured', 'True', 'CandidateRejected');
    expect(server.status?.credential?.nextAttemptTime).toBeDefined();
    expect(await contentsOf(world)).toMatchObject({ 'client-secret': valid });
    const { tokenRequests } = world;
    world.tenant.addApp();
    await world.syncNow();
    expect(await world.apps()).toHaveLength(world.tenant.publishedApps.length);
    expect(world.tokenRequests).toBe(tokenRequests);
    await world.replaceSecret(world.tenant.rotateSecret({ keepOld: true }));
    await world.seeCondition('Configured', 'True', 'ConfigurationValid');
    expect(await contentsOf(world)).toMatchObject({ 'client-secret': world.tenant.clientSecret });
    await world.seeReady('True', 'ChecksPassed');
  });

  test('of another connection do not reach executions before they are proved', async () => {
    await using world = await World.withServer(lab(), { wishes: BOUND });
    await world.seeReady('True', 'ChecksPassed');
    const before = await contentsOf(world);
    await world.edit({ onPremise: { serviceAccountUser: 'nobody' } });
    await world.seeReady('False', 'UserNotFound');
    expect(await contentsOf(world)).toEqual(before);
    await world.edit({ onPremise: { serviceAccountUser: world.site.ordinaryUser.userId } });
    await world.seeReady('False', 'MissingRole');
    expect(await contentsOf(world)).toEqual(before);
  });
});

test('new contents reach executions within two seconds once they are proved', async () => {
  await using world = await World.withServer(lab(), { wishes: BOUND });
  await world.seeReady('True', 'ChecksPassed');
  const durations: number[] = [];
  for (let rotation = 0; rotation < 3; rotation += 1) {
    const { certificates: before } = await contentsOf(world);
    const pfx = await world.site.exportClient();
    const from = performance.now();
    await world.replaceSecret({ pfx });
    await seeContents(world, 'certificates', (certificates) => certificates !== before);
    durations.push(performance.now() - from);
  }
  // The machine may be busy with other things now and then.
  expect(Math.min(...durations)).toBeLessThan(2000);
  await world.seeEvents(['Normal Connected', ...Array<string>(3).fill('Normal CredentialRotated')]);
  const server = await world.seeReady('True', 'ChecksPassed');
  expect(server.status?.credential).toEqual({ state: 'Current' });
});

test('credentials that are taken back are taken from executions, too', async () => {
  await using world = await World.withServer(lab(), { wishes: BOUND });
  await world.seeReady('True', 'ChecksPassed');
  await world.kubectl('label', 'secret', 'client', `${CREDENTIALS_LABEL.name}-`);
  await world.seeReady('False', 'SecretNotLabelled');
  await seeGone(world);
  await world.see('none', ({ status }) => status?.binding === undefined);
  await world.kubectl('label', 'secret', 'client', `${CREDENTIALS_LABEL.name}=true`);
  await world.seeReady('True', 'ChecksPassed');
  await seeBound(world);
  expect(await contentsOf(world)).toMatchObject({ provider: 'OnPremise' });
});

test('what executions have outlives the operator, though new contents are bad', async () => {
  await using world = await World.withServer(lab(), { wishes: OFTEN });
  await world.seeReady('True', 'ChecksPassed');
  const before = await secretOf(world);
  await world.replaceSecret({ password: 'y'.repeat(PASSWORD_LENGTH) });
  await world.seeCondition('Configured', 'True', 'CandidateRejected');
  await lab().operator.kill();
  await lab().startOperator();
  const asked = world.site.requests('GET /qrs/about');
  // The lease of who was killed has to run out first.
  await until('three checks more', () => world.site.requests('GET /qrs/about') >= asked + 3, {
    deadlineMs: 60_000,
    everyMs: 100,
  });
  const server = await world.read();
  expect(shortly(server)).toMatchObject({
    Ready: 'True/ChecksPassed',
    Configured: 'True/CandidateRejected',
  });
  expect(await secretOf(world)).toEqual(before);
  await world.replaceSecret({});
  await world.seeCondition('Configured', 'True', 'ConfigurationValid');
});

searchForSecrets(lab);
