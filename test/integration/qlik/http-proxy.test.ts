import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environmentProxy } from '../../../src/connections/environment-proxy.ts';
import { MaterialMaker } from '../../../src/connections/material.ts';
import type { CheckReport } from '../../../src/qlik/connector.ts';
import { targetPolicy } from '../../../src/qlik/transport/target-policy.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { readFrom, specWith } from '../connections/namespace.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { failureIn, GOOD, summary } from './connect.ts';

let site: OnPremiseSite;
let proxy: ConnectProxy;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
beforeEach(async () => {
  await proxy?.[Symbol.asyncDispose]();
  proxy = await ConnectProxy.start();
});
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await site.stop();
});

interface Way {
  readonly httpProxy?: string;
  readonly verify?: boolean;
  readonly rules?: ConstructorParameters<typeof MaterialMaker>[0];
}

/** A name that only the proxy knows: whoever looks it up has not used the proxy. */
const UNKNOWN = 'qlik.site.invalid';

async function check({ httpProxy, rules, verify = false }: Way, host = UNKNOWN): Promise<CheckReport> {
  const spec = specWith(
    {
      serverUrl: site.serverUrl.replace('localhost', host),
      userDirectory: site.serviceAccount.userDirectory,
      serviceAccountUser: site.serviceAccount.userId,
      repositoryService: { port: site.repositoryPort },
      proxyService: { host, port: site.proxyPort },
      insecureSkipTlsVerify: !verify,
    },
    [{ configMapKeyRef: { name: 'ca' } }],
  );
  const read = readFrom({
    'Secret/qlik': { 'client.pfx': site.clientPfx, password: site.clientPfxPassword },
    'ConfigMap/ca': { 'ca.crt': `${site.siteCa}\n${site.corporateCa}` },
  });
  const made = await new MaterialMaker(rules).make(
    { ...spec, ...(httpProxy === undefined ? {} : { httpProxy }) },
    read,
  );
  return made.connection.check({
    signal: new AbortController().signal,
    timeout: 30_000,
    proveAnew: false,
    proveSignIn: () => true,
  });
}

describe('an HTTP proxy', () => {
  test('of the QlikServer carries every connection to every port', async () => {
    expect(summary(await check({ httpProxy: proxy.address }))).toEqual(GOOD);
    const ports = new Set(proxy.targets.map((target) => target.slice(`${UNKNOWN}:`.length)));
    const browserPort = new URL(site.serverUrl).port;
    expect(ports).toEqual(new Set([browserPort, `${site.repositoryPort}`, `${site.proxyPort}`]));
    expect(proxy.targets.every((target) => target.startsWith(`${UNKNOWN}:`))).toBe(true);
    expect(new Set(proxy.accounts)).toEqual(new Set([undefined]));
  });

  test('of the environment is given its account, and left out where NO_PROXY says so', async () => {
    const HTTPS_PROXY = proxy.address.replace('http://', 'http://user:secret@');
    expect(summary(await check({ rules: { proxyFor: environmentProxy({ HTTPS_PROXY }) } }))).toEqual(GOOD);
    const account = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    expect(new Set(proxy.accounts)).toEqual(new Set([account]));
    const used = proxy.targets.length;
    const proxyFor = environmentProxy({ HTTPS_PROXY, NO_PROXY: '.invalid' });
    expect(failureIn(await check({ rules: { proxyFor } }), 'ServerReachable').kind).toBe('DnsNotFound');
    expect(proxy.targets).toHaveLength(used);
  });

  test('is where the certificate of the server is still verified', async () => {
    const report = await check({ httpProxy: proxy.address, verify: true }, 'localhost');
    expect(summary(report)).toEqual(GOOD);
    expect(proxy.targets.length).toBeGreaterThan(3);
    const another = await check({ httpProxy: proxy.address, verify: true });
    expect(failureIn(another, 'ServerReachable').kind).toBe('HostnameMismatch');
  });

  test.each([
    [407, 'it wants a user and a password (HTTP 407)'],
    [403, 'it refuses to connect to the server (HTTP 403)'],
    [502, 'it does not reach the server (HTTP 502)'],
  ])('that answers %i is named as what failed', async (status, seen) => {
    proxy.status = status;
    const failure = failureIn(await check({ httpProxy: proxy.address }), 'ServerReachable');
    expect(failure).toMatchObject({ kind: 'HttpProxyFailed', phase: 'proxy' });
    expect(failure.detail).toContain(`the HTTP proxy 127.0.0.1:${proxy.port}: ${seen}`);
    expect(failure.endpoint).toContain(UNKNOWN);
  });

  test('that nobody listens at, whose name does not exist, or that says nothing, likewise', async () => {
    const { port } = proxy;
    proxy.status = 0;
    const silent = failureIn(await check({ httpProxy: proxy.address }), 'ServerReachable');
    expect(silent.detail).toContain(`the HTTP proxy 127.0.0.1:${port}: gives no answer`);
    await proxy[Symbol.asyncDispose]();
    const refused = failureIn(await check({ httpProxy: `http://127.0.0.1:${port}` }), 'ServerReachable');
    expect(refused).toMatchObject({ kind: 'HttpProxyFailed' });
    expect(refused.detail).toContain('nothing listens on this port');
    const unknown = failureIn(await check({ httpProxy: 'http://proxy.invalid:3128' }), 'ServerReachable');
    expect(unknown.detail).toContain('the HTTP proxy proxy.invalid:3128: the host name does not exist');
    proxy = await ConnectProxy.start();
  });

  test('of a QlikServer must be one that the administrator allows', async () => {
    const allowed = targetPolicy({ allowedHosts: ['*.site.invalid'], allowLocalTargets: true });
    await expect(check({ httpProxy: proxy.address, rules: { policy: allowed } })).rejects.toMatchObject({
      reason: 'HostForbidden',
      message: expect.stringContaining('httpProxy has the host "127.0.0.1"') as string,
    });
    const distant = targetPolicy({ allowedHosts: [], allowLocalTargets: false });
    const report = await check({ httpProxy: proxy.address, rules: { policy: distant } });
    expect(failureIn(report, 'ServerReachable').kind).toBe('TargetRefused');
    expect(proxy.targets).toEqual([]);
  });

  test('is no way around the refusal of local addresses', async () => {
    const rules = {
      policy: targetPolicy({ allowedHosts: [], allowLocalTargets: false }),
      proxyFor: () => ({ host: '127.0.0.1', port: proxy.port, isBounded: false }),
    };
    expect(failureIn(await check({ rules }, '127.0.0.1'), 'ServerReachable').kind).toBe('TargetRefused');
    expect(proxy.targets).toEqual([]);
  });
});
