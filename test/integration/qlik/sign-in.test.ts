import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { issue } from '../../pki/pki.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { check, failingAt, failureIn, GOOD, summary } from './connect.ts';

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(async () => {
  await site.clearFaults();
  site.resetCounters();
});
afterAll(() => site.stop());

const TICKET = 'POST /qps/kpi/ticket';

describe('a sign-in', () => {
  test('opens one session and ends it', async () => {
    await check(site);
    expect(site.requests(TICKET)).toBe(1);
    expect(site.requests('GET /kpi/qps/user')).toBe(1);
    expect(site.requests('DELETE /kpi/qps/user')).toBe(1);
    expect(site.sessions).toEqual([]);
  });

  test('that is not due is not made: the verdict is kept', async () => {
    const seen: string[] = [];
    const proveSignIn = (version: string): boolean => {
      seen.push(version);
      return false;
    };
    const report = await check(site, {}, { proveSignIn });
    expect(summary(report)).toEqual({ ...GOOD, VirtualProxyReady: 'kept' });
    expect(report.signInProved).toBe(false);
    expect(seen).toEqual([report.virtualProxyVersion]);
    expect(site.counters.connections.proxy).toBe(0);
    expect(site.requests(TICKET)).toBe(0);
  });

  test('by virtualProxyCheck: Configuration is never made, and says so', async () => {
    const report = await check(site, { onPremise: { virtualProxyCheck: 'Configuration' } });
    expect(summary(report)).toEqual({ ...GOOD, VirtualProxyReady: 'passed LinkedNotProven' });
    expect(report.signInProved).toBe(false);
    expect(site.counters.connections.proxy).toBe(0);
  });

  test('needs a user that exists: signing in could create it', async () => {
    await site.setFault('userMissing', true);
    await check(site);
    expect(site.requests(TICKET)).toBe(0);
  });

  test('is not made for want of a role: that is another matter', async () => {
    await site.setFault('noRootAdmin', true);
    const report = await check(site);
    expect(summary(report)).toEqual(failingAt('RootAdmin', 'MissingRole'));
    expect(report.signInProved).toBe(true);
  });

  test.each([
    ['a failing answer', { redeemStatus: 500 }],
    ['a page in place of JSON', { redeemStatus: 200 }],
    ['a redirect', { redeemStatus: 302 }],
    ['a refusal', { redeemStatus: 403 }],
  ])('leaves no session behind %s', async (_what, faults) => {
    await site.setFaults(faults);
    const report = await check(site);
    expect(report.outcomes.get('VirtualProxyReady')?.kind).toBe('failed');
    expect(site.requests('DELETE /kpi/qps/user')).toBe(1);
    expect(site.sessions).toEqual([]);
  });

  test('takes no session where three are open: the verdict is kept, and no ticket asked for', async () => {
    await using busy = await startOnPremiseSite();
    const own = [busy.openSession(), busy.openSession()];
    expect(summary(await check(busy))).toEqual(GOOD);
    busy.resetCounters();
    own.push(busy.openSession());
    const report = await check(busy);
    expect(summary(report)).toEqual({ ...GOOD, VirtualProxyReady: 'kept' });
    expect(report.outcomes.get('VirtualProxyReady')).toMatchObject({
      detail: expect.stringContaining('the service account has 3 or more sessions') as unknown,
    });
    expect(busy.requests(TICKET)).toBe(0);
    expect(busy.sessions).toEqual(own);
  });
});

describe('the client certificate stays at home', () => {
  test('a proxy in a foreign domain is not talked to', async () => {
    await site.setFault('foreignProxyHost', true);
    const report = await check(site);
    expect(summary(report)).toEqual(failingAt('VirtualProxyReady', 'ProxyHostUnknown'));
    expect(failureIn(report, 'VirtualProxyReady').detail).toBe(
      'the site names its proxy "proxy.elsewhere.example"',
    );
    expect(site.counters.connections.proxy).toBe(0);
  });

  test('unless the user names its host', async () => {
    await site.setFault('foreignProxyHost', true);
    const onPremise = { proxyService: { host: 'localhost', port: site.proxyPort } };
    expect(summary(await check(site, { onPremise }))).toEqual(GOOD);
  });

  test('serverUrl does not get it, even if it asks for one, nor a resumed session', async () => {
    const { authorities, certificates } = await issue({
      authorities: { ca: { commonName: 'curious-CA' } },
      certificates: {
        server: { commonName: 'localhost', dnsNames: ['localhost'], issuer: 'ca', usage: 'server' },
      },
    });
    const { cert, key } = certificates.server;
    const shown: unknown[] = [];
    const curious = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
      shown.push(socket.getPeerX509Certificate(), socket.isSessionReused());
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
    curious.listen(0, '127.0.0.1');
    await once(curious, 'listening');
    try {
      const { port } = curious.address() as AddressInfo;
      const difference = {
        onPremise: { serverUrl: `https://localhost:${port}/kpi` },
        objects: { 'ConfigMap/ca': { 'ca.crt': `${site.siteCa}\n${authorities.ca.cert}` } },
      };
      const never = { proveSignIn: () => false };
      expect(summary(await check(site, difference, never)).ServerReachable).toBe('passed Reachable');
      await check(site, difference, never);
      expect(shown).toEqual([undefined, false, undefined, false]);
    } finally {
      curious.close();
    }
  });
});
