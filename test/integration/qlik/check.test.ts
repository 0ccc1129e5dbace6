import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { check, failingAt, failureIn, GOOD, materialFor, summary } from './connect.ts';

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(async () => {
  await site.clearFaults();
  site.resetCounters();
});
afterAll(() => site.stop());

const asUsual = {
  signal: new AbortController().signal,
  proveAnew: false,
  timeout: 60_000,
  proveSignIn: () => true,
};

describe('a healthy site', () => {
  test('passes every check in order, and names its product', async () => {
    const report = await check(site);
    expect(summary(report)).toEqual(GOOD);
    expect([...report.outcomes.keys()]).toEqual(Object.keys(GOOD));
    expect(report.product).toEqual({ name: 'Qlik Sense Enterprise on Windows', version: '31.60.0.0' });
    expect(report.signInProved).toBe(true);
    expect(site.sessions).toEqual([]);
  });

  test('says the same each time', async () => {
    const { durations: _first, ...report } = await check(site);
    const { durations, ...again } = await check(site);
    expect(again).toEqual(report);
    expect([...durations.keys()]).toEqual([...report.outcomes.keys()]);
  });

  test.each([
    [
      'a tls Secret',
      () => ({
        onPremise: { clientCertificate: { tls: { secretName: 'pair' } } },
        objects: { 'Secret/pair': { 'tls.crt': site.clientCertPem, 'tls.key': site.clientKeyPem } },
      }),
    ],
    [
      'the authority of the site inside the file',
      () => ({
        objects: {
          'Secret/qlik': { 'client.pfx': site.clientPfxWithAuthority, password: site.clientPfxPassword },
          'ConfigMap/ca': { 'ca.crt': site.corporateCa },
        },
      }),
    ],
    [
      'the authority of the site in ca.crt',
      () => ({
        onPremise: { clientCertificate: { tls: { secretName: 'pair' } } },
        objects: {
          'Secret/pair': {
            'tls.crt': site.clientCertPem,
            'tls.key': site.clientKeyPem,
            'ca.crt': site.siteCa,
          },
          'ConfigMap/ca': { 'ca.crt': site.corporateCa },
        },
      }),
    ],
    [
      'the default virtual proxy',
      () => ({
        onPremise: { serverUrl: `https://localhost:${site.browserPort}` },
      }),
    ],
    [
      'an account in other letters',
      () => ({ onPremise: { userDirectory: 'corp', serviceAccountUser: 'SVC_KPI' } }),
    ],
    ['the port of the proxy service as the site names it', () => ({ onPremise: { proxyService: {} } })],
    [
      'the host by its address',
      () => ({
        onPremise: {
          serverUrl: `https://127.0.0.1:${site.browserPort}/kpi`,
          proxyService: { host: '127.0.0.1', port: site.proxyPort },
        },
      }),
    ],
  ])('passes with %s', async (_what, difference) => {
    expect(summary(await check(site, difference()))).toEqual(GOOD);
  });
});

describe('the client certificate', () => {
  test('of another site is rejected', async () => {
    const objects = { 'Secret/qlik': { 'client.pfx': site.foreignPfx, password: site.clientPfxPassword } };
    expect(summary(await check(site, { objects }))).toEqual(
      failingAt('Authenticated', 'ClientCertificateRejected'),
    );
  });

  test('withdrawn between two checks is seen by the second, with the same material', async () => {
    const { connection } = await materialFor(site);
    expect(summary(await connection.check(asUsual))).toEqual(GOOD);
    for (const way of ['reset', 'alert'] as const) {
      await site.setFault('certificateRejected', way);
      expect(summary(await connection.check(asUsual))).toEqual(
        failingAt('Authenticated', 'ClientCertificateRejected'),
      );
    }
    await site.clearFaults();
    expect(summary(await connection.check(asUsual))).toEqual(GOOD);
  });
});

test('trust withdrawn between two checks is seen by the second, with the same material', async () => {
  const { connection } = await materialFor(site);
  expect(summary(await connection.check(asUsual))).toEqual(GOOD);
  await site.setFault('serverCertificate', 'expired');
  expect(summary(await connection.check(asUsual))).toEqual(
    failingAt('ServerReachable', 'ServerCertificateExpired'),
  );
});

describe('connections', () => {
  test('are fresh for each check, with a full handshake each, and closed at its end', async () => {
    const { connection } = await materialFor(site);
    await connection.check(asUsual);
    const once = { ...site.counters.connections };
    expect(once).toEqual({ repository: 1, proxy: 1, browser: 2 });
    expect(site.counters.handshakes).toEqual(once);
    await connection.check(asUsual);
    expect(site.counters.connections).toEqual({ repository: 2, proxy: 2, browser: 4 });
    expect(site.counters.handshakes).toEqual({ repository: 2, proxy: 2, browser: 4 });
  });

  test('of an authority that is not in trust: the failure names it', async () => {
    const objects = { 'ConfigMap/ca': { 'ca.crt': site.corporateCa } };
    const report = await check(site, { objects });
    expect(summary(report)).toEqual(failingAt('ServerReachable', 'UnknownCA'));
    expect(failureIn(report, 'ServerReachable').detail).toContain('"CN=localhost-CA", which is not trusted');
  });
});

describe('an abort', () => {
  test('before the check asks nothing', async () => {
    const report = await check(site, {}, { signal: AbortSignal.abort() });
    expect(summary(report)).toEqual(failingAt('ServerReachable', 'ResponseTimeout'));
    expect(site.counters.connections).toEqual({ repository: 0, proxy: 0, browser: 0 });
  });

  test.each([
    [true, 'ServerReachable', 'GET /qrs/about'],
    ['proxy', 'VirtualProxyReady', 'GET /qps/kpi/user/{directory}/{id}'],
  ] as const)(
    'ends a check that hangs (%s) at once, and keeps what was found',
    async (hang, at, endpoint) => {
      await site.setFault('hang', hang);
      const controller = new AbortController();
      const report = check(site, {}, { signal: controller.signal });
      await expect.poll(() => site.requests(endpoint), { interval: 5 }).toBe(1);
      const start = performance.now();
      controller.abort();
      expect(summary(await report)).toEqual(failingAt(at, 'ResponseTimeout'));
      expect(performance.now() - start).toBeLessThan(500);
    },
  );
});
