import { beforeAll, describe, expect, test } from 'vitest';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import { PATHS } from '../integration/server/api.ts';
import { searchForSecrets, useLab } from '../integration/server/lab.ts';
import { conditionOf } from '../integration/server/conditions.ts';
import { World } from '../integration/server/world.ts';
import { type Kstatus, kstatusOf } from './kstatus/kstatus.ts';

const lab = useLab();

/** Building it may take a minute the first time. */
beforeAll(async () => {
  await kstatusOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any' } });
});

const OFTEN = { interval: '1s', retryInterval: '1s' };
/** What must not come true within it, does not; what is true, is at once. */
const TIMEOUT = '--timeout=1s';

/** What each consumer makes of a server as it stands: facts/kubernetes-contracts.md §3. */
interface Contract {
  readonly ready: string | undefined;
  readonly reconciling: string | undefined;
  readonly stalled: string | undefined;
  readonly kstatus: Kstatus;
  /** Conditions for which `kubectl wait` returns at once; of Ready, Stalled and Connected. */
  readonly waits: readonly string[];
}

async function contractOf(world: World, server: QlikServer): Promise<Contract> {
  const shown = (type: Parameters<typeof conditionOf>[1]) => {
    const condition = conditionOf(server, type);
    return condition && `${condition.status}/${condition.reason}`;
  };
  const waited = async (type: string) => {
    const { code, stderr } = await world.kubectl('wait', 'qs/qlik', `--for=condition=${type}`, TIMEOUT);
    if (code === 0) return [type];
    if (stderr.includes('timed out waiting for the condition')) return [];
    throw new Error(`kubectl wait failed otherwise: ${stderr}`);
  };
  const waits = await Promise.all(['Ready', 'Stalled', 'Connected'].map(waited));
  return {
    ready: shown('Ready'),
    reconciling: shown('Reconciling'),
    stalled: shown('Stalled'),
    kstatus: await kstatusOf(server),
    waits: waits.flat(),
  };
}

describe.concurrent('a server', () => {
  test('whose first check is under way is waited for', async () => {
    await using world = await World.withServer(lab(), { faults: { hang: 'repository' } });
    expect(await contractOf(world, await world.seeReady('Unknown', 'Progressing'))).toEqual({
      ready: 'Unknown/Progressing',
      reconciling: 'True/Progressing',
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test('whose checks pass is done', async () => {
    await using world = await World.withServer(lab());
    expect(await contractOf(world, await world.seeReady('True', 'ChecksPassed'))).toEqual({
      ready: 'True/ChecksPassed',
      kstatus: 'Current',
      waits: ['Ready', 'Connected'],
    });
  });

  test('that fails less often than the threshold is still done', async () => {
    const wishes = { checks: { interval: '1s', retryInterval: '1h', failureThreshold: 3 } };
    await using world = await World.withServer(lab(), { wishes });
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('portRefused', true);
    expect(
      await contractOf(world, await world.seeCondition('ServerReachable', 'False', 'ConnectionRefused')),
    ).toEqual({
      ready: 'True/ChecksPassed',
      kstatus: 'Current',
      waits: ['Ready', 'Connected'],
    });
  });

  test('that is lost is waited for', async () => {
    await using world = await World.withServer(lab(), { wishes: { checks: OFTEN } });
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('portRefused', true);
    expect(await contractOf(world, await world.seeReady('False', 'ConnectionRefused'))).toEqual({
      ready: 'False/ConnectionRefused',
      reconciling: 'True/ProgressingWithRetry',
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test('that never answered is waited for', async () => {
    await using world = await World.withServer(lab(), { faults: { portRefused: true } });
    expect(await contractOf(world, await world.seeReady('False', 'ConnectionRefused'))).toEqual({
      ready: 'False/ConnectionRefused',
      reconciling: 'True/Progressing',
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test('whose connection was just changed is waited for, not taken for what it was', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.site.setFault('hang', 'repository');
    await world.edit({ onPremise: { serviceAccountUser: 'another' } });
    expect(await contractOf(world, await world.seeReady('Unknown', 'Progressing'))).toEqual({
      ready: 'Unknown/Progressing',
      reconciling: 'True/Progressing',
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test.each([
    ['rejected credentials', { certificateRejected: true }, 'ClientCertificateRejected'],
    ['an unknown authority', { untrustedCa: 'browser' }, 'UnknownCA'],
    ['another name', { serverCertificate: 'wrongName' }, 'HostnameMismatch'],
  ] as const)('with %s has failed', async (_what, faults, reason) => {
    await using world = await World.withServer(lab(), { faults });
    expect(await contractOf(world, await world.seeReady('False', reason))).toEqual({
      ready: `False/${reason}`,
      stalled: `True/${reason}`,
      kstatus: 'Failed',
      waits: ['Stalled'],
    });
  });

  test('with a Secret that cannot be read has failed', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createSecret({ password: 'another one' });
    await world.createServer();
    expect(await contractOf(world, await world.seeReady('False', 'WrongPassword'))).toEqual({
      ready: 'False/WrongPassword',
      stalled: 'True/WrongPassword',
      kstatus: 'Failed',
      waits: ['Stalled'],
    });
  });

  test('whose Secret is not there yet is waited for', async () => {
    await using world = await World.create(lab());
    await world.createTrust();
    await world.createServer();
    expect(await contractOf(world, await world.seeReady('False', 'SecretNotFound'))).toEqual({
      ready: 'False/SecretNotFound',
      reconciling: 'True/Progressing',
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test('that is suspended stays what it was: done', async () => {
    await using world = await World.withServer(lab());
    await world.seeReady('True', 'ChecksPassed');
    await world.edit({ suspend: true });
    expect(await contractOf(world, await world.seeCondition('Suspended', 'True', 'Suspended'))).toEqual({
      ready: 'True/ChecksPassed',
      kstatus: 'Current',
      waits: ['Ready', 'Connected'],
    });
  });

  // The table says "Current" of every suspended server; kstatus goes by Ready, which keeps the last value.
  test.each([
    ['lost', { portRefused: true }, 'ConnectionRefused'],
    ['rejected', { certificateRejected: true }, 'ClientCertificateRejected'],
  ] as const)('that is suspended while %s is not done, and has not failed', async (_what, faults, reason) => {
    await using world = await World.withServer(lab(), { faults });
    await world.seeReady('False', reason);
    await world.edit({ suspend: true });
    expect(await contractOf(world, await world.seeCondition('Suspended', 'True', 'Suspended'))).toEqual({
      ready: `False/${reason}`,
      kstatus: 'InProgress',
      waits: [],
    });
  });

  test('that need not be connected is done without', async () => {
    const wishes = { readiness: 'Configured' };
    await using world = await World.withServer(lab(), { faults: { portRefused: true }, wishes });
    expect(await contractOf(world, await world.seeReady('True', 'ConfigurationValid'))).toEqual({
      ready: 'True/ConfigurationValid',
      kstatus: 'Current',
      waits: ['Ready'],
    });
  });

  test('that need not be connected has failed when a human is needed', async () => {
    const wishes = { readiness: 'Configured' };
    await using world = await World.withServer(lab(), { faults: { certificateRejected: true }, wishes });
    expect(await contractOf(world, await world.seeReady('False', 'ClientCertificateRejected'))).toEqual({
      ready: 'False/ClientCertificateRejected',
      stalled: 'True/ClientCertificateRejected',
      kstatus: 'Failed',
      waits: ['Stalled'],
    });
  });
});

describe('while no operator runs', () => {
  test('a server that nobody has seen is waited for, and one whose Secret never came has failed', async () => {
    await using late = await World.create(lab());
    await late.createTrust();
    await late.createServer();
    const absent = await late.seeReady('False', 'SecretNotFound');
    await using unseen = await World.create(lab());
    await lab().operator.end();

    expect(await contractOf(unseen, await unseen.createServer())).toEqual({
      ready: undefined,
      kstatus: 'InProgress',
      waits: [],
    });

    await pretendSince(absent, new Date(Date.now() - 121_000));
    await lab().startOperator();
    await late.see('Stalled', (server) => conditionOf(server, 'Stalled') !== undefined);
    expect(await contractOf(late, await late.read())).toEqual({
      ready: 'False/SecretNotFound',
      stalled: 'True/SecretNotFound',
      kstatus: 'Failed',
      waits: ['Stalled'],
    });
  });
});

/** Nobody waits for two minutes: the conditions say that it has been so for longer. */
async function pretendSince({ metadata, status }: QlikServer, since: Date): Promise<void> {
  const lastTransitionTime = since.toISOString().replace(/\.\d+/u, '');
  const conditions = (status?.conditions ?? []).map((condition) =>
    Object.assign({}, condition, { lastTransitionTime }),
  );
  const path = `${PATHS.servers(metadata.namespace)}/${metadata.name}/status`;
  await lab().api.patch(path, { status: { conditions } });
}

searchForSecrets(lab);
