import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { type OnPremiseSite, startOnPremiseSite } from './site.ts';

let site: OnPremiseSite;
let now = 0;
beforeAll(async () => {
  site = await startOnPremiseSite({ now: () => now });
});
afterEach(async () => {
  await site.clearFaults();
  now += 3_600_000;
});
afterAll(() => site.stop());

const account = { UserDirectory: 'CORP', UserId: 'svc_kpi', Attributes: [] };

function repository(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(site, site.repositoryPort, `GET /qrs/${path}`, { headers });
}

function browser(path: string, port = site.browserPort, question: Question = {}): Promise<Answer> {
  return ask(site, port, `GET /kpi/${path}`, { tls: { pfx: undefined }, ...question });
}

function requestTicket(port: number, body: object = account): Promise<Answer> {
  return ask(site, port, 'POST /qps/kpi/ticket', { body });
}

async function ticketOf(port: number): Promise<string> {
  return ((await requestTicket(port)).json() as { Ticket: string }).Ticket;
}

async function redeem(ticket: string, port = site.browserPort): Promise<number> {
  return (await browser(`qps/user?qlikTicket=${ticket}`, port)).status;
}

interface Service {
  readonly serverNodeConfiguration: { readonly hostName: string; readonly isCentral: boolean };
  readonly settings: { readonly listenPort: number; readonly virtualProxies: readonly { prefix: string }[] };
}

async function services(): Promise<readonly Service[]> {
  return (await repository('proxyservice/full')).json() as Service[];
}

describe('two proxy nodes', () => {
  test('have host names, ports and states of their own', async () => {
    expect(site.secondNode).toEqual({ browserPort: 0, proxyPort: 0 });
    await site.setFault('secondProxyNode', true);
    const [central, second] = await services();
    expect(central?.serverNodeConfiguration).toMatchObject({ hostName: 'localhost', isCentral: true });
    expect(second?.serverNodeConfiguration).toMatchObject({ hostName: '127.0.0.1', isCentral: false });
    expect(second?.settings.listenPort).toBe(site.secondNode.browserPort);
    expect((await repository('servicestatus/count')).json()).toEqual({ value: 5 });
    expect((await browser('hub', site.secondNode.browserPort)).status).toBe(302);
    const { proxyPort } = site.secondNode;
    await site.clearFaults();
    await expect(requestTicket(proxyPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await services()).toHaveLength(1);
  });

  test('know only their own tickets', async () => {
    await site.setFault('secondProxyNode', true);
    const { browserPort, proxyPort } = site.secondNode;
    expect(await redeem(await ticketOf(proxyPort))).toBe(302);
    expect(await redeem(await ticketOf(proxyPort), browserPort)).toBe(200);
    expect(await redeem(await ticketOf(site.proxyPort), browserPort)).toBe(302);
    await site.setFault('ticketsShared', true);
    expect(await redeem(await ticketOf(proxyPort))).toBe(200);
  });

  test('behind a balancer that is not sticky take turns', async () => {
    await site.setFaults({ secondProxyNode: true, nonStickyBalancer: true });
    const ticket = await ticketOf(site.proxyPort);
    expect([await redeem(ticket), await redeem(ticket)]).toEqual([302, 200]);
  });

  test('a virtual proxy without link to Central is rejected everywhere, or not', async () => {
    await site.setFault('secondProxyNode', 'only');
    const [central, second] = await services();
    expect(central?.settings.virtualProxies.map(({ prefix }) => prefix)).toEqual(['']);
    expect(second?.settings.virtualProxies.map(({ prefix }) => prefix)).toEqual(['', 'kpi']);
    const both = async (): Promise<readonly number[]> => [
      (await browser('hub')).status,
      (await browser('hub', site.secondNode.browserPort)).status,
    ];
    expect(await both()).toEqual([400, 400]);
    await site.setFault('linkToCentralOptional', true);
    expect(await both()).toEqual([400, 302]);
  });
});

describe('sessions', () => {
  test('end after a time without use', async () => {
    await site.setFault('sessionInactivity', 5);
    const cookie = `X-Qlik-Session-kpi=${site.openSession()?.id}`;
    const status = async (): Promise<number> =>
      (await browser('hub', site.browserPort, { headers: { cookie } })).status;
    now += 240_000;
    expect(await status()).toBe(200);
    now += 240_000;
    expect(await status()).toBe(200);
    now += 300_000;
    expect(await status()).toBe(302);
    expect(site.sessions).toEqual([]);
    expect((await repository('virtualproxyconfig/full')).body).toContain('"sessionInactivityTimeout":5');
  });

  test('still count for a while after their end', async () => {
    await site.setFault('sessionCooldown', 60);
    const ids = Array.from({ length: 5 }, () => site.openSession()?.id);
    expect(site.openSession()).toBeUndefined();
    await ask(site, site.proxyPort, `DELETE /qps/kpi/session/${ids[0]}`);
    expect(site.openSession()).toBeUndefined();
    now += 60_000;
    expect(site.openSession()).toBeDefined();
  });
});

describe('the virtual proxy', () => {
  test.each([1, 2, 3, 4, 5] as const)('authenticates by method %i', async (method) => {
    await site.setFault('authenticationMethod', method);
    expect((await repository('virtualproxyconfig/full')).body).toContain(`"authenticationMethod":${method}`);
    expect((await requestTicket(site.proxyPort)).status).toBe(201);
    await site.setFault('ticketRefused', 'otherMethod');
    expect((await requestTicket(site.proxyPort)).status).toBe(403);
  });

  test('refuses tickets', async () => {
    const nobody = { ...account, UserId: 'nobody' };
    expect((await requestTicket(site.proxyPort, nobody)).status).toBe(201);
    await site.setFault('ticketRefused', 'unknownUser');
    expect((await requestTicket(site.proxyPort, nobody)).status).toBe(403);
    expect((await requestTicket(site.proxyPort)).status).toBe(201);
    await site.setFault('ticketRefused', true);
    expect((await requestTicket(site.proxyPort)).status).toBe(403);
  });

  test('refuses a host that is not on its list', async () => {
    await site.setFault('hostNotAllowed', true);
    expect((await browser('hub')).status).toBe(403);
    expect((await repository('virtualproxyconfig/full')).body).toContain(
      '"websocketCrossOriginWhiteList":[]',
    );
  });

  test('leads to the health of the engine, with a session', async () => {
    const cookie = `X-Qlik-Session-kpi=${site.openSession()?.id}`;
    const health = (): Promise<Answer> =>
      browser('engine/healthcheck', site.browserPort, { headers: { cookie } });
    expect((await browser('engine/healthcheck')).status).toBe(302);
    expect((await health()).json()).toMatchObject({ saturated: false, session: { active: 0 } });
    await site.setFault('engineSaturated', true);
    expect((await health()).json()).toMatchObject({ saturated: true });
  });
});

describe('users', () => {
  const unknown = { 'x-qlik-user': 'UserDirectory=CORP;UserId=nobody' };

  test('an unknown one is forbidden, or becomes one without roles', async () => {
    expect((await repository('app', unknown)).status).toBe(403);
    await site.setFault('unknownUserCreated', true);
    expect((await repository('app', unknown)).body).toBe('[]');
  });

  test('a space after the semicolon does not matter, or does', async () => {
    const spaced = { 'x-qlik-user': 'UserDirectory=CORP; UserId=svc_kpi' };
    expect((await repository('about', spaced)).status).toBe(200);
    await site.setFault('spaceInUserId', true);
    expect((await repository('about', spaced)).status).toBe(403);
    expect((await repository('about', { 'x-qlik-user': 'UserDirectory=CORP;UserId=svc_kpi' })).status).toBe(
      200,
    );
  });
});

test.each([
  ['repositoryState', 0],
  ['proxyState', 1],
  ['engineState', 3],
] as const)('%s shows as a state of a service', async (fault, serviceType) => {
  await site.setFault(fault, 4);
  const filter = encodeURIComponent('serviceState eq 4');
  const found = (await repository(`servicestatus/full?filter=${filter}`)).json();
  expect(found).toMatchObject([{ serviceType }]);
  await site.setFault(fault, 0);
  expect((await repository('servicestatus/full')).body).toContain('"serviceState":0');
});

describe('on the way', () => {
  test.each([
    ['repositoryStatus', 'repositoryPort', '/qrs/about'],
    ['proxyStatus', 'proxyPort', '/qps/alive'],
    ['browserStatus', 'browserPort', '/kpi/hub'],
  ] as const)('%s answers with a page', async (fault, port, path) => {
    await site.setFault(fault, 503);
    const { status, headers } = await ask(site, site[port], `GET ${path}`);
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
  });

  test('a page with status 200, everywhere or at one port', async () => {
    await site.setFault('html200', 'repository');
    expect((await repository('about')).body).toContain('Log in');
    expect((await browser('hub')).status).toBe(302);
    await site.setFault('html200', true);
    expect((await browser('hub')).body).toContain('Log in');
  });

  test('a redirect to another host name, which then answers', async () => {
    site.resetCounters();
    await site.setFault('redirectElsewhere', 'repository');
    const { status, headers } = await repository('about');
    expect(status).toBe(302);
    expect(headers.location).toMatch(`https://127.0.0.1:${site.repositoryPort}/qrs/about?xrfkey=`);
    expect(site.counters.hosts).toEqual({ localhost: 1 });
    const host = `127.0.0.1:${site.repositoryPort}`;
    expect((await repository('about', { host })).status).toBe(200);
    expect(site.counters.hosts).toEqual({ localhost: 1, '127.0.0.1': 1 });
  });

  test('a connection where TLS never begins', async () => {
    site.resetCounters();
    await site.setFault('silent', 'repository');
    const outcome = repository('about').then(
      () => 'answered',
      () => 'ended',
    );
    await expect.poll(() => site.counters.connections.repository).toBe(1);
    expect((await browser('hub')).status).toBe(302);
    expect(site.counters.handshakes.repository).toBe(0);
    await site.clearFaults();
    expect(await outcome).toBe('ended');
  });

  test.each([
    ['reset', 'ECONNRESET'],
    ['alert', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  ] as const)('no client certificate: %s', async (noClientCertificate, code) => {
    await site.setFault('noClientCertificate', noClientCertificate);
    const tls = { pfx: undefined };
    await expect(ask(site, site.repositoryPort, 'GET /qrs/about', { tls })).rejects.toMatchObject({ code });
    expect((await repository('about')).status).toBe(200);
  });

  test('no client certificate, or one that is turned down: forbidden', async () => {
    const without = (): Promise<Answer> =>
      ask(site, site.repositoryPort, 'GET /qrs/about', { tls: { pfx: undefined } });
    await site.setFault('noClientCertificate', 'forbidden');
    expect((await without()).status).toBe(403);
    expect((await repository('about')).status).toBe(200);
    await site.setFault('certificateRejected', 'forbidden');
    expect((await repository('about')).body).toBe('Forbidden');
  });
});

test('subscriptions are lost when the repository restarts', async () => {
  const subscribe = (body: unknown): Promise<Answer> =>
    ask(site, site.repositoryPort, 'POST /qrs/notification?name=App', { body });
  expect((await subscribe('no address')).status).toBe(400);
  expect((await subscribe('http://localhost/')).status).toBe(201);
  expect(site.subscriptions).toHaveLength(1);
  await site.setFault('portRefused', 'repository');
  expect(site.subscriptions).toEqual([]);
});
