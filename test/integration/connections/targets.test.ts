import { afterAll, beforeAll, expect, test } from 'vitest';
import { MaterialMaker } from '../../../src/connections/material.ts';
import { targetPolicy } from '../../../src/qlik/transport/target-policy.ts';
import { startCloudTenant, type CloudTenant } from '../../simulators/cloud/tenant.ts';
import { qlikServerSpec } from '../../../src/api/qlikserver.ts';
import { problemOf, readFrom, specWith } from './namespace.ts';

let tenant: CloudTenant;

beforeAll(async () => {
  tenant = await startCloudTenant();
});

afterAll(() => tenant.stop());

const spec = () =>
  qlikServerSpec.parse({
    type: 'Cloud',
    cloud: {
      tenantUrl: tenant.tenantUrl,
      clientId: tenant.clientId,
      clientSecret: { secretKeyRef: { name: 'oauth' } },
    },
    trust: [{ configMapKeyRef: { name: 'ca' } }],
  });
const objects = () =>
  readFrom({
    'Secret/oauth': { clientSecret: tenant.clientSecret },
    'ConfigMap/ca': { 'ca.crt': tenant.ca },
  });

async function reachability(rules: { allowedHosts: string[]; allowLocalTargets: boolean }) {
  const { connection } = await new MaterialMaker({ policy: targetPolicy(rules) }).make(spec(), objects());
  const signal = new AbortController().signal;
  const { outcomes } = await connection.check({
    signal,
    timeout: 30_000,
    proveAnew: false,
    proveSignIn: () => true,
  });
  return outcomes.get('ServerReachable');
}

test('a host that is not allowed is refused before its Secret is read', async () => {
  const policy = targetPolicy({ allowedHosts: ['*.qlikcloud.com'], allowLocalTargets: true });
  const maker = new MaterialMaker({ policy });
  const read = async (reference: { kind: string; name: string }) => {
    if (reference.kind === 'Secret') throw new Error('the Secret was read');
    return objects()(reference as never);
  };
  await expect(maker.make(spec(), read)).rejects.toMatchObject({
    reason: 'HostForbidden',
    message: 'tenantUrl has the host "localhost", which is not one of --allowed-hosts of the operator',
  });
});

test('insecureSkipTlsVerify is refused before its Secret is read, where the operator forbids it', async () => {
  const insecure = specWith({ insecureSkipTlsVerify: true });
  const read = () => Promise.reject(new Error('the Secret was read'));
  expect(await problemOf(new MaterialMaker({ forbidInsecureTls: true }).make(insecure, read))).toMatchObject({
    reason: 'InsecureTlsForbidden',
  });
  await expect(new MaterialMaker({ forbidInsecureTls: true }).make(specWith(), read)).rejects.toThrow(
    'was read',
  );
  await expect(new MaterialMaker().make(insecure, read)).rejects.toThrow('was read');
});

test('a host that leads to the machine itself is refused, and nothing is sent there', async () => {
  tenant.resetCounters();
  expect(await reachability({ allowedHosts: [], allowLocalTargets: false })).toMatchObject({
    kind: 'failed',
    failure: { kind: 'TargetRefused', endpoint: `localhost:${tenant.port}` },
  });
  expect(tenant.counters.connections).toBe(0);
});

test('a host that is allowed is connected to', async () => {
  expect(await reachability({ allowedHosts: ['localhost'], allowLocalTargets: true })).toMatchObject({
    kind: 'passed',
  });
});
