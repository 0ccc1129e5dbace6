import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { type OnPremiseSite, startOnPremiseSite } from './site.ts';

let site: OnPremiseSite;
let now = 0;
beforeAll(async () => {
  site = await startOnPremiseSite({ now: () => now });
});
afterEach(async () => {
  await site.clearFaults();
  for (const { id, prefix } of site.sessions) {
    await proxy(`DELETE /qps/${prefix && `${prefix}/`}session/${id}`);
  }
});
afterAll(() => site.stop());

const account = { UserDirectory: 'CORP', UserId: 'svc_kpi', Attributes: [] };

function proxy(endpoint: string, question?: Question): Promise<Answer> {
  return ask(site, site.proxyPort, endpoint, question);
}

function browser(endpoint: string, question?: Question): Promise<Answer> {
  return ask(site, site.browserPort, endpoint, { tls: { pfx: undefined }, ...question });
}

async function ticket(prefix = 'kpi/'): Promise<string> {
  const { json } = await proxy(`POST /qps/${prefix}ticket`, { body: { ...account, TargetId: '' } });
  return (json() as { Ticket: string }).Ticket;
}

async function signIn(prefix = 'kpi/'): Promise<Answer> {
  return browser(`GET /${prefix}qps/user?qlikTicket=${await ticket(prefix)}`);
}

function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

test('a ticket is answered as documented', async () => {
  const { status, json } = await proxy('POST /qps/kpi/ticket', { body: { ...account, TargetId: '' } });
  expect(status).toBe(201);
  expect(json()).toEqual({
    ...account,
    Ticket: expect.stringMatching(/^[\w-]{16}$/) as unknown,
    TargetUri: null,
  });
});

test.each([
  ['a user with a backslash', { UserDirectory: 'CORP', UserId: 'CORP\\svc' }],
  ['a user of spaces', { UserDirectory: 'CORP', UserId: ' ' }],
  ['no user', {}],
])('no ticket for %s', async (_reason, body) => {
  expect((await proxy('POST /qps/kpi/ticket', { body })).status).toBe(400);
});

test('the proxy API needs a cross-site key and a linked prefix', async () => {
  expect((await proxy('POST /qps/kpi/ticket', { body: account, xrfkey: false })).status).toBe(403);
  expect((await proxy('GET /qps/alive', { xrfkey: false })).status).toBe(403);
  expect((await proxy('POST /qps/other/ticket', { body: account })).status).toBe(404);
  expect((await proxy('GET /qps/alive')).json()).toEqual({ value: true });
});

test('a ticket opens a session, which its cookie keeps and DELETE ends', async () => {
  const first = await signIn();
  expect(first.status).toBe(200);
  expect(first.json()).toEqual({
    userDirectory: 'CORP',
    userId: 'svc_kpi',
    userName: 'KPI service account',
    logoutUri: expect.stringContaining(`${site.serverUrl}/qps/user`) as unknown,
  });
  expect(first.headers['set-cookie']).toEqual([
    expect.stringMatching(/^X-Qlik-Session-kpi=[0-9a-f-]{36}; Path=\/; HttpOnly; Secure$/),
  ]);
  const headers = { cookie: cookieOf(first) };
  const second = await browser('GET /kpi/qps/user', { headers });
  expect(second.json()).toMatchObject({ userId: 'svc_kpi' });
  expect(second.headers['set-cookie']).toBeUndefined();
  expect((await browser('GET /kpi/qrs/about', { headers })).json()).toMatchObject({ schemaPath: 'About' });
  expect((await browser('DELETE /kpi/qps/user', { headers, xrfkey: false })).status).toBe(403);
  expect((await browser('DELETE /kpi/qps/user', { headers })).status).toBe(200);
  expect(site.sessions).toEqual([]);
  expect((await browser('GET /kpi/qps/user', { headers })).json()).toMatchObject({ session: 'inactive' });
});

test('the default virtual proxy has its own cookie', async () => {
  const answer = await signIn('');
  expect(cookieOf(answer)).toMatch(/^X-Qlik-Session=/);
  expect((await browser('GET /kpi/hub', { headers: { cookie: cookieOf(answer) } })).status).toBe(302);
});

test('a ticket is used up by its first redemption', async () => {
  const once = await ticket();
  expect((await browser(`GET /kpi/qps/user?qlikTicket=${once}`)).status).toBe(200);
  const again = await browser(`GET /kpi/qps/user?qlikTicket=${once}`);
  expect(again.status).toBe(302);
  expect(again.headers.location).toMatch('https://localhost:4244/windows_authentication/');
});

test('a ticket lives for a minute', async () => {
  const [young, old] = [await ticket(), await ticket()];
  now += 59_999;
  expect((await browser(`GET /kpi/qps/user?qlikTicket=${young}`)).status).toBe(200);
  now += 1;
  expect((await browser(`GET /kpi/qps/user?qlikTicket=${old}`)).status).toBe(302);
});

test('a ticket opens only the virtual proxy it was made for', async () => {
  const forDefault = await ticket('');
  expect((await browser(`GET /kpi/qps/user?qlikTicket=${forDefault}`)).status).toBe(302);
  expect((await browser(`GET /qps/user?qlikTicket=${forDefault}`)).status).toBe(200);
});

test('a user has five sessions at most, over all virtual proxies', async () => {
  for (const prefix of ['', 'kpi/', 'kpi/', 'kpi/', 'kpi/']) {
    expect((await signIn(prefix)).status).toBe(200);
  }
  const refused = await signIn();
  expect([refused.status, refused.headers['set-cookie']]).toEqual([302, undefined]);
  expect(site.openSession()).toBeUndefined();
  expect(site.openSession(site.ordinaryUser)).toBeDefined();
});

test('sessions are listed, found and ended by the proxy API', async () => {
  const mine = site.openSession();
  const other = site.openSession(site.ordinaryUser);
  const listed = { UserDirectory: 'CORP', UserId: 'svc_kpi', Attributes: [], SessionId: mine?.id };
  expect((await proxy('GET /qps/kpi/session')).json()).toHaveLength(2);
  expect((await proxy('GET /qps/session')).json()).toEqual([]);
  expect((await proxy('GET /qps/kpi/user/corp/SVC_kpi')).json()).toEqual([listed]);
  expect((await proxy(`GET /qps/kpi/session/${mine?.id}`)).json()).toEqual(listed);
  expect((await proxy(`DELETE /qps/session/${mine?.id}`)).status).toBe(404);
  expect((await proxy(`DELETE /qps/kpi/session/${mine?.id}`)).status).toBe(200);
  expect((await proxy(`GET /qps/kpi/session/${mine?.id}`)).status).toBe(404);
  expect(site.sessions).toEqual([other]);
  expect(site.requests('DELETE /qps/kpi/session/{id}')).toBeGreaterThan(0);
  expect(site.requests('GET /qps/kpi/user/{directory}/{id}')).toBe(1);
});

test('without a session the browser side redirects to the login, or tells that there is none', async () => {
  const hub = await browser('GET /kpi/hub');
  expect(hub.status).toBe(302);
  expect(hub.headers.location).toMatch('https://localhost:4244/windows_authentication/');
  const { status, json } = await browser('GET /kpi/qps/user');
  expect([status, json()]).toEqual([200, { session: 'inactive', loginUri: `${site.serverUrl}/hub` }]);
});

test('an unknown prefix is a bad request with a big page', async () => {
  const { status, headers, body } = await browser('GET /unknown/hub');
  expect(status).toBe(400);
  expect(headers['content-type']).toMatch('text/html');
  expect(body).toContain('The http request header is incorrect');
  expect(body.length).toBeGreaterThan(80_000);
});

test('a client certificate changes nothing on the browser side', async () => {
  const answer = await ask(site, site.browserPort, 'GET /kpi/qrs/about');
  expect(answer.status).toBe(302);
});

test('fault virtualProxyUnlinked closes the prefix everywhere', async () => {
  await site.setFault('virtualProxyUnlinked', true);
  expect((await browser('GET /kpi/hub')).status).toBe(400);
  expect((await browser('GET /hub')).status).toBe(302);
  expect((await proxy('POST /qps/kpi/ticket', { body: account })).status).toBe(404);
});

test('fault ticketNotHonoured redirects', async () => {
  await site.setFault('ticketNotHonoured', true);
  expect((await signIn()).status).toBe(302);
});

test('fault browserStatus answers everything with a page', async () => {
  await site.setFault('browserStatus', 502);
  const { status, headers } = await browser('GET /kpi/qps/user');
  expect([status, headers['content-type']]).toEqual([502, 'text/html; charset=utf-8']);
});
