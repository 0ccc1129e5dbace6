import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { issue } from '../../pki/pki.ts';
import type { Faults } from '../../simulators/cloud/faults.ts';
import { type Json, PATHS } from './api.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { HEALTHY } from './scenario.ts';
import { CloudWorld } from './cloud-world.ts';
import { conditionOf, shortly } from './conditions.ts';
import { Place } from './place.ts';
import { World } from './world.ts';

const lab = useLab();

const OFTEN = { interval: '1s', retryInterval: '1s' };
const PATIENT = { interval: '1h', retryInterval: '1s', failureThreshold: 4 };

describe.concurrent('an edit', () => {
  test('of a connection field drops the verdicts, and the first failure is the new verdict', async () => {
    const wishes = { checks: { failureThreshold: 10 } };
    await using world = await CloudWorld.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    await world.tenant.setFault('slow', 700);
    await world.edit({ cloud: { clientId: 'nobody' } });
    const progressing = await world.seeReady('Unknown', 'Progressing');
    expect(shortly(progressing)).toMatchObject({
      ServerReachable: 'Unknown/NotRun',
      Authenticated: 'Unknown/NotRun',
      Connected: 'Unknown/Progressing',
      Reconciling: 'True/Progressing',
    });
    expect(progressing.status).toMatchObject({ observedGeneration: 2, checks: { summary: '0/2' } });
    const judged = await world.seeReady('False', 'CredentialsRejected');
    expect(shortly(judged)).toMatchObject({ Stalled: 'True/CredentialsRejected' });
    await world.edit({ cloud: { clientId: world.tenant.clientId } });
    await world.seeReady('True', 'ChecksPassed');
  });

  test.each<[string, Json]>([
    ['displayName', { displayName: 'Finance' }],
    ['checks', { checks: { failureThreshold: 7 } }],
    ['readiness', { readiness: 'Connected' }],
    ['maxParallelExecutions', { maxParallelExecutions: 3 }],
  ])('of %s carries the verdicts over', async (_field, spec) => {
    await using world = await CloudWorld.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    const { requests } = world;
    const { metadata } = await world.edit({ ...spec, displayName: 'Finance' });
    const server = await world.see('it', ({ status }) => status?.observedGeneration === metadata.generation);
    expect(shortly(server)).toEqual(HEALTHY.Cloud);
    expect(world.requests).toBe(requests);
  });
});

describe.concurrent('new contents', () => {
  test('that are proved are current within two seconds, and Ready never falls', async () => {
    await using world = await CloudWorld.withServer(lab());
    const before = await world.seeReady('True', 'ChecksPassed');
    const secret = world.tenant.rotateSecret();
    const from = performance.now();
    await world.replaceSecret(secret);
    const fingerprint = before.status?.checks?.connectionFingerprint;
    const after = await world.see(
      'another fingerprint',
      ({ status }) => status?.checks?.connectionFingerprint !== fingerprint,
    );
    expect(performance.now() - from).toBeLessThan(2000);
    expect(shortly(after)).toEqual(HEALTHY.Cloud);
    expect(after.status?.credential).toEqual({ state: 'Current' });
    expect(conditionOf(after, 'Ready')).toEqual(conditionOf(before, 'Ready'));
    expect(world.tokenRequests).toBe(2);
    expect((await world.events()).filter((event) => event.startsWith('Warning'))).toEqual([]);
  });

  test('of the trust are judged by themselves, too', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.replaceTrust(world.site.siteCa);
    const server = await world.see('a verdict', (seen) => seen.status?.checks?.summary !== '5/5');
    expect(shortly(server)).toMatchObject({ ServerReachable: 'False/UnknownCA' });
    expect(server.status?.credential?.state).toBe('CandidateRejected');
    await world.replaceTrust();
    const back = await world.see('5/5', ({ status }) => status?.checks?.summary === '5/5');
    expect(back.status?.credential).toEqual({ state: 'Current' });
  });

  test.each<[string, Partial<Faults>, string, number]>([
    ['refuses connections', { refused: true }, 'ConnectionRefused', 3],
    ['hangs', { hang: true }, 'ResponseTimeout', 2],
    ['answers 503', { httpStatus: 503 }, 'ProxyUnavailable', 3],
  ])(
    'that cannot be proved as the tenant %s leave Ready as it is until the threshold',
    async (_how, faults, reason, failureThreshold) => {
      const wishes = { checks: { ...PATIENT, timeout: '5s', failureThreshold } };
      await using world = await CloudWorld.withServer(lab(), { wishes });
      await world.seeReady('True', 'ChecksPassed');
      await world.tenant.setFaults(faults);
      await world.replaceSecret(world.tenant.rotateSecret());
      const unproven = await world.see(
        'CandidateUnproven',
        ({ status }) => status?.credential?.state === 'CandidateUnproven',
      );
      expect(shortly(unproven)).toEqual(HEALTHY.Cloud);
      expect(unproven.status?.checks).toMatchObject({ summary: '2/2' });
      expect(unproven.status?.checks?.failingSince).toBeDefined();
      const lost = await world.seeReady('False', reason);
      expect(shortly(lost)).toMatchObject({
        ServerReachable: `False/${reason}`,
        Reconciling: 'True/ProgressingWithRetry',
      });
      expect(lost.status?.checks?.failingSince).toBe(unproven.status?.checks?.failingSince);
      await world.tenant.clearFaults();
      const back = await world.seeReady('True', 'ChecksPassed');
      expect(back.status?.credential).toEqual({ state: 'Current' });
    },
  );

  test('that could not be proved at first are current once the tenant is back in time', async () => {
    await using world = await CloudWorld.withServer(lab(), { wishes: { checks: PATIENT } });
    await world.seeReady('True', 'ChecksPassed');
    await world.tenant.setFault('refused', true);
    await world.replaceSecret(world.tenant.rotateSecret());
    await world.see('unproven', ({ status }) => status?.credential?.state === 'CandidateUnproven');
    await world.tenant.clearFaults();
    const back = await world.see('current', ({ status }) => status?.credential?.state === 'Current');
    expect(shortly(back)).toEqual(HEALTHY.Cloud);
    expect(back.status?.checks).not.toHaveProperty('failingSince');
    await world.seeEvents(['Normal Connected', 'Normal CredentialRotated']);
  });

  test('that are rejected are no matter of any threshold', async () => {
    const wishes = { checks: { ...OFTEN, failureThreshold: 10 } };
    await using world = await World.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    const from = performance.now();
    await world.replaceSecret({ pfx: world.site.foreignPfx });
    const rejected = await world.seeReady('False', 'CandidateRejected');
    expect(performance.now() - from).toBeLessThan(2000);
    expect(shortly(rejected)).toMatchObject({
      Authenticated: 'False/CandidateRejected',
      Stalled: 'True/CandidateRejected',
    });
    expect(rejected.status?.credential?.state).toBe('CandidateRejected');
    await world.replaceSecret({ pfx: world.site.clientPfxWithAuthority });
    const back = await world.seeReady('True', 'ChecksPassed');
    expect(back.status?.credential).toEqual({ state: 'Current' });
  });

  test('that are the former bytes again cost no check and no write', async () => {
    await using world = await CloudWorld.withServer(lab());
    await world.addSecret('other', { clientSecret: world.tenant.clientSecret });
    await world.createServer({ cloud: { clientSecret: { secretKeyRef: { name: 'other' } } } }, 'witness');
    const before = await world.seeReady('True', 'ChecksPassed');
    await world.seeReady('True', 'ChecksPassed', 'witness');
    const { requests } = world;
    await lab().api.patch(`${PATHS.secrets(world.namespace)}/client`, {
      metadata: { annotations: { 'example.com/rewritten': 'yes' } },
      data: { unused: 'eA==' },
    });
    await world.replaceSecret(world.tenant.clientSecret);
    // Events of one watch come in order: when this one was dealt with, so were those before.
    await world.editSecret('other', { clientSecret: 'no-longer-the-client-secret' });
    await world.seeReady('False', 'CandidateRejected', 'witness');
    expect((await world.read()).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    // The two requests that the witness makes until its client is turned away.
    expect(world.requests).toBe(requests + 2);
  });

  test('that are gone are waited for: Reconciling, not Stalled', async () => {
    await using world = await CloudWorld.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.kubectl('delete', 'secret', 'client');
    const gone = await world.seeReady('False', 'SecretNotFound');
    expect(shortly(gone)).toEqual({
      ...HEALTHY.Cloud,
      Ready: 'False/SecretNotFound',
      Configured: 'False/SecretNotFound',
      ServerReachable: 'Unknown/NotRun',
      Authenticated: 'Unknown/NotRun',
      Connected: 'False/SecretNotFound',
      Reconciling: 'True/ProgressingWithRetry',
    });
    await world.addSecret('client', { clientSecret: world.tenant.clientSecret });
    await world.seeReady('True', 'ChecksPassed');
  });
});

/** A TLS server of somebody who may write QlikServers, but must not read Secrets: it keeps all that reaches it. */
class Listener implements AsyncDisposable {
  readonly ca: string;
  readonly received: Buffer[] = [];
  connections = 0;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(ca: string, pair: { cert: string; key: string }) {
    this.ca = ca;
    const tls = createTlsServer(pair, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes: Buffer) => {
        this.received.push(bytes);
        const body = '{"token_endpoint":"x"}';
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      });
    });
    tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#tcp = createServer((socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('data', (bytes: Buffer) => this.received.push(Buffer.from(bytes)));
      tls.emit('connection', socket);
    });
  }

  static async start(): Promise<Listener> {
    const { authorities, certificates } = await issue({
      authorities: { own: { commonName: 'users-own-CA' } },
      certificates: {
        server: {
          commonName: 'localhost',
          dnsNames: ['localhost'],
          ipAddresses: ['127.0.0.1'],
          usage: 'server',
          issuer: 'own',
        },
      },
    });
    const listener = new Listener(authorities.own.cert, certificates.server);
    listener.#tcp.listen(0, '127.0.0.1');
    await once(listener.#tcp, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  get text(): string {
    return Buffer.concat(this.received).toString('latin1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }
}

describe.concurrent('a Secret without the label', () => {
  const onPremise = (listener: Listener, clientCertificate: Json): Json => ({
    type: 'OnPremise',
    onPremise: {
      serverUrl: listener.url,
      userDirectory: 'CORP',
      serviceAccountUser: 'svc_kpi',
      repositoryService: { port: listener.port },
      proxyService: { port: listener.port },
      clientCertificate,
    },
  });
  const cloud = (listener: Listener, name: string): Json => ({
    type: 'Cloud',
    cloud: {
      tenantUrl: listener.url,
      clientId: 'user',
      clientSecret: { secretKeyRef: { name, key: 'value' } },
    },
  });
  const anyKeys = ['value', 'client.pfx', 'password', 'tls.crt', 'tls.key', 'ca.crt', 'clientSecret'];

  test.each<[string, (listener: Listener) => Json]>([
    ['the PKCS#12 file', (at) => onPremise(at, { pkcs12: { secretName: 'foreign' } })],
    ['the PKCS#12 file by key', (at) => onPremise(at, { pkcs12: { secretName: 'foreign', key: 'value' } })],
    ['the tls certificate', (at) => onPremise(at, { tls: { secretName: 'foreign' } })],
    ['the client secret', (at) => cloud(at, 'foreign')],
    [
      'trust',
      (at) => ({ ...cloud(at, 'mine'), trust: [{ secretKeyRef: { name: 'foreign', key: 'value' } }] }),
    ],
  ])('is never read as %s, and nobody is asked', async (_use, specFor) => {
    await using listener = await Listener.start();
    const place = new Place(lab(), await Place.make(lab()));
    const prey = randomBytes(32).toString('hex');
    lab().needles.addLong('prey', prey);
    await place.createTrust(listener.ca);
    await place.addSecret('mine', { value: 'my-own-client-secret' });
    await place.addSecret('foreign', Object.fromEntries(anyKeys.map((key) => [key, prey])), false);
    const trust = [{ configMapKeyRef: { name: 'trust' } }];
    await place.addServer({ trust, ...specFor(listener) });
    const server = await place.seeReady('False', 'SecretNotLabelled');
    expect(shortly(server)).toMatchObject({
      Configured: 'False/SecretNotLabelled',
      Stalled: 'True/SecretNotLabelled',
    });
    // Neither its contents nor the names of its keys are told.
    expect(conditionOf(server, 'Configured')?.message).not.toMatch(/client\.pfx|tls\.key/u);
    await place.request('once more');
    await place.see('an echo', ({ status }) => status?.lastHandledReconcileAt === 'once more');
    expect([listener.connections, listener.text]).toEqual([0, '']);
    expect(JSON.stringify(await place.read())).not.toContain(prey.slice(0, 16));
  });

  test('would have been seen: with the label, the client secret arrives', async () => {
    await using listener = await Listener.start();
    const place = new Place(lab(), await Place.make(lab()));
    const prey = randomBytes(32).toString('hex');
    lab().needles.addLong('prey', prey);
    await place.createTrust(listener.ca);
    await place.addSecret('foreign', { value: prey });
    await place.addServer({ trust: [{ configMapKeyRef: { name: 'trust' } }], ...cloud(listener, 'foreign') });
    await place.seeCondition('Authenticated', 'False', 'UnexpectedResponse');
    expect(listener.text).toContain(prey);
  });
});

searchForSecrets(lab);
