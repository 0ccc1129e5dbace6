import { describe, expect, test } from 'vitest';
import type { QlikConnectionTest } from '../../../src/api/qlikconnectiontest.ts';
import { until } from '../../controlplane/until.ts';
import { type Json, PATHS } from './api.ts';
import { CloudWorld } from './cloud-world.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { PATIENCE, type Place } from './place.ts';
import { World } from './world.ts';

const lab = useLab();

const NAME = 'before-saving';

function create(place: Place, spec: Json): Promise<QlikConnectionTest> {
  return lab().api.create<QlikConnectionTest>(PATHS.connectionTests(place.namespace), {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikConnectionTest',
    metadata: { name: NAME },
    spec,
  });
}

function read({ namespace }: Place): Promise<QlikConnectionTest> {
  return lab().api.get<QlikConnectionTest>(`${PATHS.connectionTests(namespace)}/${NAME}`);
}

/** Polls until the test is as wanted; the error shows how it was instead. */
async function see(
  place: Place,
  what: string,
  isAsWanted: (test: QlikConnectionTest) => boolean,
): Promise<QlikConnectionTest> {
  let last: QlikConnectionTest | undefined;
  await until(
    what,
    async () => {
      last = await read(place);
      return isAsWanted(last);
    },
    PATIENCE,
  ).catch((cause: unknown) => {
    throw new Error(`${what}; it is: ${JSON.stringify(last?.status, undefined, 1)}`, { cause });
  });
  return last!;
}

const seeEnd = (place: Place) =>
  see(place, 'the test has ended', ({ status }) => status?.completionTime !== undefined);

function shortly({ status }: QlikConnectionTest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value}/${reason}`]),
  );
}

function messageOf({ status }: QlikConnectionTest): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message;
}

/** The spec of the QlikServer `qlik`, with none of its defaults left to chance. */
async function specOf(place: Place): Promise<Json> {
  return (await place.read()).spec;
}

describe.concurrent('a test', () => {
  test('of a QlikServer as it is ends Ready, with every check and how long it took', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await create(world, { serverRef: { name: 'qlik' } });
    const ended = await seeEnd(world);
    expect(shortly(ended)).toEqual({
      Ready: 'True/ChecksPassed',
      Configured: 'True/ConfigurationValid',
      ServerReachable: 'True/Reachable',
      Authenticated: 'True/CertificateAccepted',
      UserExists: 'True/UserFound',
      RootAdmin: 'True/RoleAssigned',
      VirtualProxyReady: 'True/SignInProven',
      CertificateValid: 'True/CertificateValid',
    });
    const { status } = ended;
    expect(status).toMatchObject({
      observedGeneration: 1,
      endpoint: world.site.serverUrl,
      checks: { summary: '5/5', duration: expect.stringMatching(/^\d+m?s/u) as string },
      certificate: { subject: expect.stringContaining('QlikClient') as string },
    });
    expect(status?.checks?.durations?.map(({ check }) => check)).toEqual([
      'ServerReachable',
      'Authenticated',
      'UserExists',
      'RootAdmin',
      'VirtualProxyReady',
    ]);
    expect(world.site.sessions).toEqual([]);
  });

  test('of new credentials says what they are worth, and the QlikServer is none the wiser', async () => {
    await using world = await World.withServer(lab());
    const before = await world.seeReady('True', 'ChecksPassed');
    const password = world.site.clientPfxPassword;
    await world.addSecret('next', { 'client.pfx': world.site.foreignPfx, password });
    await create(world, {
      serverRef: { name: 'qlik' },
      clientCertificate: { pkcs12: { secretName: 'next' } },
    });
    const ended = await seeEnd(world);
    expect(shortly(ended)).toMatchObject({
      Ready: 'False/ClientCertificateRejected',
      Stalled: 'True/ClientCertificateRejected',
      Authenticated: 'False/ClientCertificateRejected',
      UserExists: 'Unknown/NotRun',
    });
    expect(ended.status?.checks?.summary).toBe('1/5');
    expect((await world.read()).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  test('of a spec that is not applied yet waits for its Secret', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    const server = await specOf(world);
    const onPremise = {
      ...(server['onPremise'] as Json),
      clientCertificate: { pkcs12: { secretName: 'later' } },
    };
    await create(world, { server: { ...server, onPremise } });
    const waiting = await see(world, 'it waits', ({ status }) => (status?.conditions ?? []).length > 0);
    expect(shortly(waiting)).toMatchObject({
      Ready: 'Unknown/Progressing',
      Reconciling: 'True/Progressing',
      Configured: 'False/SecretNotFound',
    });
    expect(messageOf(waiting)).toContain('the Secret "later" does not exist');
    const password = world.site.clientPfxPassword;
    await world.addSecret('later', { 'client.pfx': world.site.clientPfxWithAuthority, password });
    const ended = await seeEnd(world);
    expect(shortly(ended)).toMatchObject({ Ready: 'True/ChecksPassed' });
    expect(shortly(ended)).not.toHaveProperty('Reconciling');
  });

  test('of a QlikServer that comes later waits for it', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createSecret();
    await create(world, { serverRef: { name: 'qlik' } });
    const waiting = await see(world, 'it waits', ({ status }) => (status?.conditions ?? []).length > 0);
    expect(shortly(waiting)).toMatchObject({ Configured: 'False/ServerNotFound' });
    await world.createServer();
    expect(shortly(await seeEnd(world))).toMatchObject({ Ready: 'True/ChecksPassed' });
  });

  test('ends when nothing comes', async () => {
    await using world = await World.create(lab());
    await create(world, { serverRef: { name: 'qlik' }, secretWait: '1s' });
    expect(shortly(await seeEnd(world))).toEqual({
      Ready: 'False/ServerNotFound',
      Stalled: 'True/ServerNotFound',
      Configured: 'False/ServerNotFound',
    });
  });

  test('of a file that does not open ends at once', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    const pfx = world.site.clientPfxWithAuthority;
    await world.addSecret('next', { 'client.pfx': pfx, password: 'not this one' });
    await create(world, {
      serverRef: { name: 'qlik' },
      clientCertificate: { pkcs12: { secretName: 'next' } },
    });
    const ended = await seeEnd(world);
    expect(shortly(ended)).toMatchObject({ Ready: 'False/WrongPassword', Stalled: 'True/WrongPassword' });
    expect(messageOf(ended)).toContain('the key "client.pfx" of the Secret "next" does not open');
  });

  test('of a tenant counts against what its client may try', async () => {
    await using world = await CloudWorld.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.addSecret('next', { clientSecret: 'not this one, for sure' });
    const clientSecret = { secretKeyRef: { name: 'next' } };
    const reasons: (string | undefined)[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await create(world, { serverRef: { name: 'qlik' }, clientSecret });
      reasons.push(shortly(await seeEnd(world))['Authenticated']);
      await lab().api.delete(`${PATHS.connectionTests(world.namespace)}/${NAME}`);
    }
    const rejected = 'False/CredentialsRejected';
    expect(reasons).toEqual([rejected, rejected, rejected, rejected, 'Unknown/AttemptsExhausted']);
  });

  test('states no credentials of the other type', async () => {
    await using world = await CloudWorld.withServer(lab());
    await create(world, {
      serverRef: { name: 'qlik' },
      clientCertificate: { tls: { secretName: 'client' } },
    });
    const ended = await seeEnd(world);
    expect(shortly(ended)).toMatchObject({ Ready: 'False/OtherType' });
    expect(messageOf(ended)).toContain('clientCertificate is set, but the QlikServer has the type Cloud');
  });

  test('is made once', async () => {
    await using world = await World.withServer(lab());
    await create(world, { serverRef: { name: 'qlik' } });
    const ended = await seeEnd(world);
    const refused = lab().api.patch(`${PATHS.connectionTests(world.namespace)}/${NAME}`, {
      spec: { secretWait: '1m' },
    });
    await expect(refused).rejects.toThrow('spec cannot be changed, as a test is made once');
    await lab().api.patch(`${PATHS.connectionTests(world.namespace)}/${NAME}`, {
      metadata: { annotations: { again: 'please' } },
    });
    await world.request('now');
    await world.see('the request is handled', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect((await read(world)).status).toEqual(ended.status);
  });

  test('goes when its time is over', async () => {
    await using world = await World.withServer(lab());
    await create(world, { serverRef: { name: 'qlik' }, ttlSecondsAfterFinished: 1 });
    const gone = async () => {
      const { items } = await lab().api.get<{ items: unknown[] }>(PATHS.connectionTests(world.namespace));
      return items.length === 0;
    };
    await until('the test is gone', gone, PATIENCE);
    expect(await gone()).toBe(true);
  });
});

test('is not made again by the next operator', async () => {
  await using world = await World.withServer(lab());
  await create(world, { serverRef: { name: 'qlik' } });
  const ended = await seeEnd(world);
  await lab().restartOperator();
  await world.request('now');
  await world.see('the request is handled', ({ status }) => status?.lastHandledReconcileAt === 'now');
  expect((await read(world)).status).toEqual(ended.status);
});

searchForSecrets(lab);
