import { describe, expect, test } from 'vitest';
import { searchForSecrets, useLab } from './lab.ts';
import { HEALTHY } from './scenario.ts';
import { conditionOf, shortly } from './conditions.ts';
import { World } from './world.ts';

const lab = useLab();

const NOT_RUN = 'Unknown/NotRun';
const REFUSED = {
  ServerReachable: 'False/ConnectionRefused',
  Authenticated: NOT_RUN,
  UserExists: NOT_RUN,
  RootAdmin: NOT_RUN,
  VirtualProxyReady: NOT_RUN,
};

describe.concurrent('a server', () => {
  test('that is healthy is Ready with 5/5, to kubectl wait too', async () => {
    await using world = await World.withServer(lab());
    const waited = await world.kubectl('wait', 'qs/qlik', '--for=condition=Ready', '--timeout=15s');
    expect(waited).toMatchObject({ code: 0, stdout: 'qlikserver.kpimailer.io/qlik condition met\n' });
    const server = await world.read();
    expect(shortly(server)).toEqual(HEALTHY.OnPremise);
    expect(server.status).toMatchObject({ observedGeneration: 1, endpoint: world.site.serverUrl });
    expect(await world.columns()).toMatchObject({ READY: 'True', REASON: 'ChecksPassed', CHECKS: '5/5' });
    await world.seeEvents(['Normal Connected']);
    expect(world.site.sessions).toEqual([]);
  });

  test('whose first check is slow says that it is under way', async () => {
    await using world = await World.withServer(lab(), { faults: { slow: 300 } });
    const server = await world.seeReady('Unknown', 'Progressing');
    expect(shortly(server)).toMatchObject({ Reconciling: 'True/Progressing', ServerReachable: NOT_RUN });
    expect(server.status?.checks?.summary).toBe('0/5');
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toEqual(HEALTHY.OnPremise);
  });

  test('that need not be connected is Ready though it is dead', async () => {
    const wishes = { readiness: 'Configured' };
    await using world = await World.withServer(lab(), { faults: { portRefused: true }, wishes });
    expect(shortly(await world.seeReady('True', 'ConfigurationValid'))).toEqual({
      ...HEALTHY.OnPremise,
      ...REFUSED,
      Connected: 'False/ConnectionRefused',
      Ready: 'True/ConfigurationValid',
    });
  });

  test('that need not be connected is not Ready when a human is needed', async () => {
    const wishes = { readiness: 'Configured' };
    await using world = await World.withServer(lab(), { faults: { certificateRejected: true }, wishes });
    const server = await world.seeReady('False', 'ClientCertificateRejected');
    expect(conditionOf(server, 'Stalled')?.status).toBe('True');
  });
});

describe.concurrent('credentials', () => {
  test('that are absent are waited for, and used as soon as they are there', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createServer();
    const server = await world.seeReady('False', 'SecretNotFound');
    expect(shortly(server)).toMatchObject({
      Configured: 'False/SecretNotFound',
      Connected: 'False/SecretNotFound',
      CertificateValid: NOT_RUN,
      Reconciling: 'True/Progressing',
    });
    expect(shortly(server)).not.toHaveProperty('Stalled');
    expect(conditionOf(server, 'Configured')?.message).toContain('the Secret "client" does not exist');
    await world.createSecret();
    expect(shortly(await world.seeReady('True', 'ChecksPassed'))).toEqual(HEALTHY.OnPremise);
    await world.seeEvents(['Normal Connected']);
  });

  test('without the label are not read; the message has the command that allows it', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createSecret({ labelled: false });
    await world.createServer();
    const server = await world.seeReady('False', 'SecretNotLabelled');
    expect(conditionOf(server, 'Stalled')?.reason).toBe('SecretNotLabelled');
    const message = conditionOf(server, 'Configured')?.message ?? '';
    const [, command = ''] = /: kubectl (.*)$/u.exec(message) ?? [];
    expect(command).toBe('label secret client kpimailer.io/credentials=true');
    expect(await world.kubectl(...command.split(' '))).toMatchObject({ code: 0 });
    await world.seeReady('True', 'ChecksPassed');
    await world.kubectl('label', 'secret', 'client', 'kpimailer.io/credentials-');
    await world.seeReady('False', 'SecretNotLabelled');
  });

  test('that vanish make the server not Ready at once', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.kubectl('delete', 'secret', 'client');
    const server = await world.seeReady('False', 'SecretNotFound');
    expect(shortly(server)).toMatchObject({
      Reconciling: 'True/ProgressingWithRetry',
      RootAdmin: NOT_RUN,
    });
    await world.createSecret();
    await world.seeReady('True', 'ChecksPassed');
    await world.seeEvents(['Normal Connected', 'Warning ConnectionLost', 'Normal Recovered']);
  });

  test('that are rejected make the server not Ready at once, without debounce', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.replaceSecret({ pfx: world.site.foreignPfx });
    const server = await world.seeReady('False', 'CandidateRejected');
    expect(conditionOf(server, 'Stalled')?.status).toBe('True');
    expect(server.status?.credential).toEqual({ state: 'CandidateRejected' });
    await world.seeEvents(['Normal Connected', 'Warning ConnectionLost', 'Warning NeedsAttention']);
  });

  test('of other authorities in the ConfigMap are used at once', async () => {
    await using world = await World.create(lab());
    await world.createSecret();
    await world.createTrust(world.site.siteCa);
    await world.createServer();
    const server = await world.seeReady('False', 'UnknownCA');
    expect(conditionOf(server, 'ServerReachable')?.message).toContain(
      `localhost:${world.site.browserPort} (tls)`,
    );
    await world.replaceTrust();
    await world.seeReady('True', 'ChecksPassed');
    await world.replaceTrust('not a certificate');
    const broken = await world.seeReady('False', 'InvalidCA');
    expect(conditionOf(broken, 'Configured')?.message).toContain('the ConfigMap "trust"');
  });
});

describe.concurrent('an edit', () => {
  test('of a connection field drops the verdicts and is judged at once', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('slow', 300);
    await world.edit({ onPremise: { serviceAccountUser: world.site.ordinaryUser.userId } });
    const progressing = await world.seeReady('Unknown', 'Progressing');
    expect(shortly(progressing)).toMatchObject({ ServerReachable: NOT_RUN, RootAdmin: NOT_RUN });
    expect(progressing.status?.observedGeneration).toBe(2);
    // The first failure of another connection is its verdict: there is nothing to keep.
    await world.seeReady('False', 'MissingRole');
  });

  test('of anything else carries the verdicts over without a check', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    const { requests } = world;
    const { metadata } = await world.edit({ displayName: 'Finance' });
    expect(metadata.generation).toBe(2);
    const server = await world.see(
      'observedGeneration is 2',
      ({ status }) => status?.observedGeneration === 2,
    );
    expect(shortly(server)).toEqual(HEALTHY.OnPremise);
    expect(server.status?.conditions?.every(({ observedGeneration }) => observedGeneration === 2)).toBe(true);
    expect(world.requests).toBe(requests);
  });

  test('of the request annotation is answered by a check and echoed', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('noRootAdmin', true);
    await world.request('now');
    const server = await world.see('the echo', ({ status }) => status?.lastHandledReconcileAt === 'now');
    expect(shortly(server)).toMatchObject({ RootAdmin: 'False/MissingRole', Ready: 'True/ChecksPassed' });
    expect(server.status?.checks?.summary).toBe('4/5');
  });

  test('of the request annotation to a text of any length is echoed as far as it fits', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.request('x'.repeat(5000));
    const server = await world.see('an echo', ({ status }) => status?.lastHandledReconcileAt !== undefined);
    expect(server.status?.lastHandledReconcileAt).toBe('x'.repeat(256));
  });
});

test('a mended Secret makes the server Ready within two seconds', async () => {
  await using world = await World.create(lab());
  await world.createTrust();
  await world.createSecret({ pfx: world.site.foreignPfx });
  await world.createServer();
  const server = await world.seeReady('False', 'ClientCertificateRejected');
  expect(shortly(server)).toMatchObject({
    ServerReachable: 'True/Reachable',
    Authenticated: 'False/ClientCertificateRejected',
    UserExists: NOT_RUN,
    Stalled: 'True/ClientCertificateRejected',
  });
  await world.seeEvents(['Warning NeedsAttention']);
  const from = performance.now();
  await world.replaceSecret({ pfx: world.site.clientPfxWithAuthority });
  await world.seeReady('True', 'ChecksPassed');
  expect(performance.now() - from).toBeLessThan(2000);
});

searchForSecrets(lab);
