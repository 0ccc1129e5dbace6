import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, type Question } from './ask.ts';
import { type OnPremiseSite, startOnPremiseSite } from './site.ts';

let site: OnPremiseSite;
beforeAll(async () => {
  site = await startOnPremiseSite();
});
afterEach(() => site.clearFaults());
afterAll(() => site.stop());

const asServiceAccount = { 'x-qlik-user': 'UserDirectory=CORP;UserId=svc_kpi' };
const asOrdinary = { 'x-qlik-user': 'UserDirectory=CORP; UserId=jane' };
const inactive = 'Forbidden: Your account is inactive. Contact your administrator to activate it.';

function get(path: string, question?: Question): Promise<Answer> {
  return ask(site, site.repositoryPort, `GET ${path}`, question);
}

function filtered(type: string, filter: string): Promise<Answer> {
  return get(`/qrs/${type}?filter=${encodeURIComponent(filter)}`);
}

test('about', async () => {
  const { status, headers, json } = await get('/qrs/about', { headers: asServiceAccount });
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch('application/json');
  expect(json()).toMatchObject({ buildVersion: '31.60.0.0', schemaPath: 'About' });
});

test.each(['GET', 'POST', 'PUT', 'DELETE'])('%s needs a cross-site key', async (method) => {
  const answers = [
    await ask(site, site.repositoryPort, `${method} /qrs/about`, { xrfkey: false }),
    await ask(site, site.repositoryPort, `${method} /qrs/about`, {
      headers: { 'x-qlik-xrfkey': 'fedcba9876543210' },
    }),
    await ask(site, site.repositoryPort, `${method} /qrs/about?xrfkey=short`, {
      xrfkey: false,
      headers: { 'x-qlik-xrfkey': 'short' },
    }),
  ];
  for (const { status, headers, body } of answers) {
    expect(status).toBe(403);
    expect(headers['content-type']).toBe('text/plain');
    expect(body).toBe('XSRF prevention check failed. Possible XSRF discovered.');
  }
});

test('a prefix in the path is not found', async () => {
  expect((await get('/kpi/qrs/about')).status).toBe(404);
});

test('the full user has roles, the condensed one has none', async () => {
  const filter = `userDirectory eq 'corp' and userId eq 'SVC_KPI'`;
  const full = (await filtered('user/full', filter)).json();
  expect(full).toMatchObject([
    { userId: 'svc_kpi', roles: ['RootAdmin'], inactive: false, schemaPath: 'User' },
  ]);
  const condensed = (await filtered('user', filter)).json() as [object];
  expect(Object.keys(condensed[0]).sort()).toEqual(
    ['id', 'name', 'privileges', 'userDirectory', 'userDirectoryConnectorName', 'userId'].sort(),
  );
});

test('no match is an empty list', async () => {
  const { status, body } = await filtered('user/full', `userId eq 'nobody'`);
  expect([status, body]).toEqual([200, '[]']);
});

test.each([
  [
    'an ampersand that is not encoded',
    `/qrs/user/full?filter=name%20eq%20'A&B'`,
    'Missing parameter value(s)',
  ],
  ['a parameter without value', '/qrs/user/full?filter=', 'Missing parameter value(s)'],
  [
    'a bad filter',
    `/qrs/user/full?filter=userId%20eq%20'O''B'`,
    `Cannot parse the expression: userId eq 'O''B'`,
  ],
  ['empty parentheses', '/qrs/user/count?filter=()', 'Invalid expression'],
])('%s is a bad request', async (_reason, path, text) => {
  const { status, headers, body } = await get(path);
  expect([status, headers['content-type'], body]).toEqual([400, 'text/plain', text]);
});

test.each([
  ['user', 4],
  ['app', 3],
  ['virtualproxyconfig', 2],
  ['proxyservice', 1],
  ['servicestatus', 3],
])('counts %s', async (type, value) => {
  expect((await get(`/qrs/${type}/count`)).json()).toEqual({ value });
  expect((await get(`/qrs/${type}/full`)).json()).toHaveLength(value);
  const seen = await get(`/qrs/${type}/count`, { headers: asOrdinary });
  expect(seen.json()).toEqual({ value: 0 });
});

test('an unknown type is not found', async () => {
  expect((await get('/qrs/nonsense/full')).status).toBe(404);
});

test('a virtual proxy is linked to the proxy service with the real ports', async () => {
  const [kpi] = (await filtered('virtualproxyconfig/full', `prefix eq 'kpi'`)).json() as [{ id: string }];
  expect(kpi).toMatchObject({ authenticationMethod: 0, sessionCookieHeaderName: 'X-Qlik-Session-kpi' });
  expect(kpi).toHaveProperty('loadBalancingServerNodes.length', 1);
  const [service] = (await get('/qrs/proxyservice/full')).json() as [object];
  expect(service).toMatchObject({
    serverNodeConfiguration: { hostName: 'localhost', isCentral: true },
    settings: { listenPort: site.browserPort, restListenPort: site.proxyPort },
  });
  expect(service).toHaveProperty('settings.virtualProxies', [
    expect.objectContaining({ prefix: '' }),
    expect.objectContaining({ prefix: 'kpi', id: kpi.id }),
  ]);
});

test('repository, proxy and engine run on the load balancing node', async () => {
  const [proxy] = (await filtered('virtualproxyconfig/full', `prefix eq ''`)).json() as [
    { loadBalancingServerNodes: [{ id: string }] },
  ];
  const [node] = proxy.loadBalancingServerNodes;
  const running = {
    serviceState: 2,
    serverNodeConfiguration: expect.objectContaining({ id: node.id }) as unknown,
  };
  expect((await get('/qrs/servicestatus/full')).json()).toEqual(
    [0, 1, 3].map((serviceType) => expect.objectContaining({ serviceType, ...running }) as unknown),
  );
});

test('without a user header the caller is the full administrator', async () => {
  expect((await get('/qrs/app')).json()).toHaveLength(3);
  expect((await get('/qrs/app', { headers: asServiceAccount })).json()).toHaveLength(3);
});

test('a user without RootAdmin gets empty lists', async () => {
  const { status, body } = await get('/qrs/user/full', { headers: asOrdinary });
  expect([status, body]).toEqual([200, '[]']);
  expect((await get('/qrs/about', { headers: asOrdinary })).status).toBe(200);
});

test.each(['UserDirectory=CORP;UserId=nobody', 'UserDirectory:CORP;UserId:svc_kpi'])(
  'the user header %s is forbidden',
  async (header) => {
    const { status, body } = await get('/qrs/about', { headers: { 'x-qlik-user': header } });
    expect([status, body]).toEqual([403, 'Forbidden']);
  },
);

test('fault noRootAdmin takes the role and filters the lists', async () => {
  await site.setFault('noRootAdmin', true);
  expect((await filtered('user/full', `userId eq 'svc_kpi'`)).json()).toMatchObject([{ roles: [] }]);
  expect((await get('/qrs/app/count', { headers: asServiceAccount })).json()).toEqual({ value: 0 });
  expect((await get('/qrs/app/count')).json()).toEqual({ value: 3 });
});

test('fault userMissing removes the account', async () => {
  await site.setFault('userMissing', true);
  expect((await filtered('user/full', `userId eq 'svc_kpi'`)).body).toBe('[]');
  expect((await get('/qrs/about', { headers: asServiceAccount })).status).toBe(403);
});

test('fault userInactive forbids every path', async () => {
  await site.setFault('userInactive', true);
  expect((await filtered('user/full', `userId eq 'svc_kpi'`)).json()).toMatchObject([{ inactive: true }]);
  for (const path of ['/qrs/about', '/qrs/user/full', '/qrs/nonsense']) {
    const { status, body } = await get(path, { headers: asServiceAccount });
    expect([status, body]).toEqual([403, inactive]);
  }
});

test('faults of the virtual proxy show in its records', async () => {
  const configurations = (): Promise<Answer> => filtered('virtualproxyconfig/full', `prefix eq 'kpi'`);
  await site.setFault('noLoadBalancingNode', true);
  expect((await configurations()).json()).toMatchObject([{ loadBalancingServerNodes: [] }]);
  await site.setFault('virtualProxyUnlinked', true);
  expect((await configurations()).json()).toHaveLength(1);
  expect((await get('/qrs/proxyservice/full')).body).not.toContain('"kpi"');
  await site.setFault('virtualProxyMissing', true);
  expect((await configurations()).body).toBe('[]');
});

test('counts requests by endpoint', async () => {
  site.resetCounters();
  await get('/qrs/about');
  await get('/qrs/about');
  expect(site.requests('GET /qrs/about')).toBe(2);
  expect(site.counters.handshakes).toEqual({ repository: 2, proxy: 0, browser: 0 });
  expect(site.requests('GET /qrs/user/full')).toBe(0);
});
