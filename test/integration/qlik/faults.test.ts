import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CheckName } from '../../../src/api/conditions.ts';
import type { Phase } from '../../../src/qlik/failure.ts';
import type { Faults } from '../../simulators/onpremise/faults.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { check, failingAt, failureIn, GOOD, summary } from './connect.ts';

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(async () => {
  if (site.sessions.length > 0) throw new Error('a check has left a session open');
  await site.clearFaults();
  site.resetCounters();
});
afterAll(() => site.stop());

/** Ports are chosen at random: BROWSER, REPOSITORY and PROXY stand for localhost and the port. */
function addressed(text: string): string {
  const ports = { BROWSER: site.browserPort, REPOSITORY: site.repositoryPort, PROXY: site.proxyPort };
  return Object.entries(ports).reduce((all, [name, port]) => all.replaceAll(name, `localhost:${port}`), text);
}

interface Expected {
  readonly at: CheckName;
  readonly kind: string;
  readonly phase: Phase;
  readonly endpoint: 'BROWSER' | 'REPOSITORY' | 'PROXY';
  readonly detail: string;
}

const expected = (
  at: CheckName,
  kind: string,
  [phase, endpoint]: readonly [Phase, Expected['endpoint']],
  detail: string,
): Expected => ({ at, kind, phase, endpoint, detail });

const account = 'CORP\\svc_kpi';
const refused = 'nothing listens on this port';
const untrusted = 'its certificate is issued by "CN=stranger-CA", which is not trusted';
const rejected = 'the client certificate is not accepted: the server';

describe('each fault shows in one check', () => {
  test.each<[Partial<Faults>, Expected]>([
    [
      { portRefused: true },
      expected('ServerReachable', 'ConnectionRefused', ['tcp', 'REPOSITORY'], `${refused} (BROWSER answers)`),
    ],
    [
      { portRefused: 'browser' },
      expected('ServerReachable', 'ConnectionRefused', ['tcp', 'BROWSER'], `${refused} (REPOSITORY answers)`),
    ],
    [{ portRefused: 'proxy' }, expected('VirtualProxyReady', 'ConnectionRefused', ['tcp', 'PROXY'], refused)],
    [
      { untrustedCa: 'repository' },
      expected('ServerReachable', 'UnknownCA', ['tls', 'REPOSITORY'], `${untrusted} (BROWSER answers)`),
    ],
    [
      { untrustedCa: 'browser' },
      expected('ServerReachable', 'UnknownCA', ['tls', 'BROWSER'], `${untrusted} (REPOSITORY answers)`),
    ],
    [
      { serverCertificate: 'expired' },
      expected(
        'ServerReachable',
        'ServerCertificateExpired',
        ['tls', 'REPOSITORY'],
        'its certificate "CN=localhost" expired on 2021-01-01 (BROWSER answers)',
      ),
    ],
    [
      { serverCertificate: 'wrongName' },
      expected(
        'ServerReachable',
        'HostnameMismatch',
        ['tls', 'REPOSITORY'],
        'its certificate is for "DNS:qs1" (BROWSER answers)',
      ),
    ],
    [
      { certificateRejected: true },
      expected(
        'Authenticated',
        'ClientCertificateRejected',
        ['http', 'REPOSITORY'],
        `${rejected} cuts the connection before it answers`,
      ),
    ],
    [
      { certificateRejected: 'reset' },
      expected(
        'Authenticated',
        'ClientCertificateRejected',
        ['http', 'REPOSITORY'],
        `${rejected} cuts the connection before it answers`,
      ),
    ],
    [
      { certificateRejected: 'alert' },
      expected(
        'Authenticated',
        'ClientCertificateRejected',
        ['tls', 'REPOSITORY'],
        `${rejected} answers with a TLS alert "unknown ca"`,
      ),
    ],
    [
      { userMissing: true },
      expected('UserExists', 'UserNotFound', ['api', 'REPOSITORY'], `the site knows no user ${account}`),
    ],
    [
      { userInactive: true },
      expected('UserExists', 'UserInactive', ['api', 'REPOSITORY'], `the user ${account} is inactive`),
    ],
    [
      { noRootAdmin: true },
      expected('RootAdmin', 'MissingRole', ['api', 'REPOSITORY'], `the user ${account} has`),
    ],
    [
      { virtualProxyMissing: true },
      expected(
        'VirtualProxyReady',
        'VirtualProxyMissing',
        ['api', 'REPOSITORY'],
        'the site has no virtual proxy with the prefix "kpi"',
      ),
    ],
    [
      { virtualProxyUnlinked: true },
      expected(
        'VirtualProxyReady',
        'NotLinked',
        ['api', 'REPOSITORY'],
        'the virtual proxy "kpi" is linked to no proxy service',
      ),
    ],
    [
      { ticketNotHonoured: true },
      expected(
        'VirtualProxyReady',
        'TicketRejected',
        ['api', 'BROWSER'],
        'the ticket is not accepted: HTTP 302 (text/html)',
      ),
    ],
    [
      { redeemStatus: 500 },
      expected(
        'VirtualProxyReady',
        'TicketRejected',
        ['api', 'BROWSER'],
        'the ticket is not accepted: HTTP 500 (text/html): Error 500',
      ),
    ],
    [
      { redeemStatus: 403 },
      expected(
        'VirtualProxyReady',
        'HostNotAllowed',
        ['api', 'BROWSER'],
        'the ticket is refused with HTTP 403 (text/html): Error 403',
      ),
    ],
    [
      { redeemStatus: 200 },
      expected(
        'VirtualProxyReady',
        'UnexpectedResponse',
        ['api', 'BROWSER'],
        'unexpected answer HTTP 200 (text/html): Error 200',
      ),
    ],
    [
      { browserStatus: 502 },
      expected(
        'ServerReachable',
        'ProxyUnavailable',
        ['http', 'BROWSER'],
        'serverUrl answers with HTTP 502 (REPOSITORY answers)',
      ),
    ],
    [
      { browserStatus: 503 },
      expected(
        'ServerReachable',
        'ProxyUnavailable',
        ['http', 'BROWSER'],
        'serverUrl answers with HTTP 503 (REPOSITORY answers)',
      ),
    ],
    [
      { browserStatus: 500 },
      expected(
        'VirtualProxyReady',
        'TicketRejected',
        ['api', 'BROWSER'],
        'the ticket is not accepted: HTTP 500 (text/html): Error 500',
      ),
    ],
  ])('%j', async (faults, { at, kind, phase, endpoint, detail }) => {
    await site.setFaults(faults);
    const report = await check(site);
    expect(summary(report)).toEqual(failingAt(at, kind));
    const failure = failureIn(report, at);
    expect(failure).toMatchObject({ phase, endpoint: addressed(endpoint) });
    expect(failure.detail).toContain(addressed(detail));
    expect(report.signInProved).toBe(at === 'RootAdmin');
    const again = failureIn(await check(site), at);
    expect(again).toEqual(failure);
  });

  test('a virtual proxy without a load balancing node: the sign-in that succeeds beats the configuration', async () => {
    await site.setFault('noLoadBalancingNode', true);
    const report = await check(site, {}, { proveSignIn: () => false });
    expect(summary(report)).toEqual(GOOD);
    const configured = await check(site, { onPremise: { virtualProxyCheck: 'Configuration' } });
    expect(summary(configured)).toEqual(failingAt('VirtualProxyReady', 'NoEngineNode'));
    expect(failureIn(configured, 'VirtualProxyReady').detail).toBe(
      'the virtual proxy "kpi" has no load balancing node',
    );
  });

  test('two ports that fail are both named', async () => {
    await site.setFaults({ portRefused: 'browser', untrustedCa: 'repository' });
    const { detail } = failureIn(await check(site), 'ServerReachable');
    expect(detail).toBe(addressed(`${refused}; REPOSITORY (tls): ${untrusted}`));
  });

  test('a certificate rejection is believed only when it shows twice', async () => {
    await site.setFault('certificateRejected', 'reset');
    await check(site);
    expect(site.counters.connections.repository).toBe(2);
  });

  test('slow is no fault', async () => {
    await site.setFault('slow', 50);
    expect(summary(await check(site))).toEqual(GOOD);
  });
});

describe('a hang ends with the timeout of the check', () => {
  test.each<[Faults['hang'], CheckName, string]>([
    [true, 'ServerReachable', 'BROWSER'],
    ['browser', 'ServerReachable', 'BROWSER'],
    ['repository', 'ServerReachable', 'REPOSITORY'],
    ['proxy', 'VirtualProxyReady', 'PROXY'],
  ])('%s', async (hang, at, endpoint) => {
    await site.setFault('hang', hang);
    const start = performance.now();
    const report = await check(site, {}, { timeout: 1_000 });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(summary(report)).toEqual(failingAt(at, 'ResponseTimeout'));
    expect(failureIn(report, at)).toMatchObject({
      phase: 'http',
      endpoint: addressed(endpoint),
      detail: expect.stringContaining('no answer to the request in time') as unknown,
    });
  });
});

test('a server name in the spec mends a certificate for another name', async () => {
  await site.setFault('serverCertificate', 'wrongName');
  const named = { tlsServerName: 'qs1' };
  const onPremise = {
    repositoryService: { port: site.repositoryPort, ...named },
    proxyService: { port: site.proxyPort, ...named },
  };
  expect(summary(await check(site, { onPremise }))).toEqual(GOOD);
  const repositoryOnly = { ...onPremise, proxyService: { port: site.proxyPort } };
  const report = await check(site, { onPremise: repositoryOnly });
  expect(summary(report)).toEqual(failingAt('VirtualProxyReady', 'HostnameMismatch'));
});

test('insecureSkipTlsVerify accepts any certificate of any port', async () => {
  await site.setFault('serverCertificate', 'expired');
  const onPremise = { insecureSkipTlsVerify: true };
  expect(summary(await check(site, { onPremise }))).toEqual(GOOD);
  await site.setFaults({ serverCertificate: false, untrustedCa: 'browser' });
  expect(summary(await check(site, { onPremise }))).toEqual(GOOD);
});
