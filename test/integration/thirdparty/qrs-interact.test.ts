import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type SiteFiles, writeSiteFiles } from '../../simulators/files.ts';
import { type OnPremiseSite, startOnPremiseSite } from '../../simulators/onpremise/site.ts';
import { NEVER } from '../../simulators/onpremise/records/app.ts';
import type { QrsCall } from './fixtures/ask-qrs.ts';
import { type Forger, type Plant, startForger } from './forger.ts';
import { runJudge, valuesOf, type Verdict } from './judge.ts';

let site: OnPremiseSite;
let files: SiteFiles;
beforeAll(async () => {
  site = await startOnPremiseSite();
  files = await writeSiteFiles(site);
});
afterEach(async () => {
  await site.clearFaults();
  site.resetApps();
});
afterAll(async () => {
  await files.remove();
  await site.stop();
});

function judge(calls: readonly QrsCall[], config: object = {}): Promise<Verdict> {
  const usual = {
    hostname: 'localhost',
    portNumber: site.repositoryPort,
    repoAccount: 'UserDirectory=CORP; UserId=svc_kpi',
    certificates: { certFile: files.clientCert, keyFile: files.clientKey },
  };
  return runJudge('ask-qrs.ts', { config: { ...usual, ...config }, calls });
}

/** The bodies of the answers, all of them good ones. */
async function bodies(calls: readonly QrsCall[], config?: object): Promise<readonly unknown[]> {
  return valuesOf(await judge(calls, config)).map((value) => (value as { body: unknown }).body);
}

async function errors(calls: readonly QrsCall[], config?: object): Promise<readonly (string | undefined)[]> {
  return (await judge(calls, config)).outcomes.map(({ error }) => error);
}

test('reads every list that the operator reads', async () => {
  const byName = `userDirectory eq 'CORP' and userId eq 'svc_kpi'`;
  const [about, users, user, proxies, services, statuses] = await bodies([
    ['Get', 'about'],
    ['Get', `user?filter=${byName}`],
    ['Get', `user/full?filter=${byName}`],
    ['Get', `virtualproxyconfig/full?filter=prefix eq 'kpi'`],
    ['Get', 'proxyservice/full'],
    ['Get', 'servicestatus/full'],
  ]);
  expect(about).toMatchObject({ schemaPath: 'About' });
  expect(users).toEqual([expect.not.objectContaining({ roles: expect.anything() as unknown })]);
  expect(user).toMatchObject([{ userId: 'svc_kpi', roles: ['RootAdmin'] }]);
  expect(proxies).toMatchObject([{ sessionCookieHeaderName: 'X-Qlik-Session-kpi' }]);
  expect(services).toMatchObject([{ settings: { restListenPort: site.proxyPort } }]);
  expect(statuses).toMatchObject([0, 1, 3].map((serviceType) => ({ serviceType, serviceState: 2 })));
});

test('reads apps and streams', async () => {
  const [list, full, published, inStream, count, streams] = await bodies([
    ['Get', 'app'],
    ['Get', 'app/full'],
    ['Get', 'app?filter=published eq true'],
    ['Get', `app/full?filter=stream.name eq 'Marketing' and @Department eq 'Finance'`],
    ['Get', 'app/count?filter=published eq true'],
    ['Get', 'stream'],
  ]);
  expect(list).toHaveLength(3);
  expect(full).toMatchObject([
    { schemaPath: 'App' },
    { published: true },
    { publishTime: NEVER, stream: null },
  ]);
  expect(published).toHaveLength(2);
  expect(inStream).toHaveLength(1);
  expect(count).toEqual({ value: 2 });
  expect(streams).toContainEqual(expect.objectContaining({ name: 'Marketing' }));
  const [app] = full as [{ id: string; name: string }];
  expect(await bodies([['Get', `app/${app.id}`]])).toMatchObject([
    { id: app.id, name: app.name, stream: { name: 'Marketing' } },
  ]);
});

test.each([
  [{ entity: 'App' }, 'json'],
  [{ type: 'App' }, 'application/json'],
])('pages through a table of %o', async (named, sendType) => {
  site.setApps(1200);
  const table = {
    ...named,
    columns: [
      { name: 'id', columnType: 'Property', definition: 'id' },
      { name: 'streamName', columnType: 'Property', definition: 'stream.name' },
    ],
  };
  const page = (skip: number): QrsCall => [
    'Post',
    `app/table?filter=published eq true&skip=${skip}&take=500&sortColumn=id&orderAscending=true`,
    table,
    sendType,
  ];
  const pages = (await bodies([page(0), page(500)])) as { rows: [string, string][]; columnNames: unknown }[];
  const rows = pages.flatMap(({ rows }) => rows);
  expect(pages.map(({ columnNames }) => columnNames)).toEqual([table, table].map(() => ['id', 'streamName']));
  expect(rows.map(([id]) => id)).toEqual(site.publishedApps.map(({ id }) => id).sort());
});

test('subscribes to changes and lets go', async () => {
  const [subscription] = await bodies([
    ['Post', 'notification?name=App', 'http://localhost/changed', 'json'],
  ]);
  const { value: handle } = subscription as { value: string };
  expect(site.subscriptions).toMatchObject([{ handle, name: 'App', uri: 'http://localhost/changed' }]);
  const { id } = site.addApp();
  const [, changes] = await bodies([
    ['Delete', `notification?handle=${handle}`],
    ['Get', 'notification/changes?since=2020-01-01T00:00:00.000Z&types=App'],
  ]);
  expect(site.subscriptions).toEqual([]);
  expect(changes).toMatchObject([{ changeType: 1, type: 'App', id }]);
});

test('a filter that is encoded as a whole arrives whole', async () => {
  const name = encodeURIComponent(`name eq 'Finance: O\\'Brien & Sons'`);
  expect(await bodies([['Get', `app?filter=${name}`]])).toMatchObject([
    [{ name: `Finance: O'Brien & Sons` }],
  ]);
  expect(await errors([['Get', `app?filter=name eq 'Finance: O\\'Brien & Sons'`]])).toEqual([
    'Received error code: 400::Missing parameter value(s)',
  ]);
});

test('takes a PKCS#12 file as well, and a session of the browser side', async () => {
  const certificates = { pfxFile: files.clientPfx, passphrase: site.clientPfxPassword };
  expect(await bodies([['Get', 'about']], { certificates })).toMatchObject([{ schemaPath: 'About' }]);
  const cookie = `X-Qlik-Session-kpi=${site.openSession()?.id}`;
  const config = { portNumber: site.browserPort, virtualProxyPrefix: '/kpi' };
  const [, app] = valuesOf(
    await judge(
      [
        ['UseCookie', cookie],
        ['Get', 'app/count'],
      ],
      config,
    ),
  );
  expect(app).toMatchObject({ body: { value: 3 } });
});

test.each([
  [
    'the account is inactive',
    { userInactive: true },
    'Received error code: 403::Forbidden: Your account is inactive.',
  ],
  ['the account does not exist', { userMissing: true }, 'Received error code: 403::Forbidden'],
  ['the certificate is not accepted', { certificateRejected: true }, 'ECONNRESET'],
  ['nobody listens', { portRefused: true }, 'QRS request error:Error: connect ECONNREFUSED'],
  ['the site starts', { repositoryStatus: 503 }, 'Received error code: 503::<!DOCTYPE html>'],
  ['it is sent elsewhere', { redirectElsewhere: true }, 'Received error code: 302::'],
] as const)('notices that %s', async (_reason, faults, message) => {
  await site.setFaults(faults);
  expect(await errors([['Get', 'about']])).toEqual([expect.stringContaining(message)]);
});

test('without a right certificate it gets nowhere, although it verifies nothing itself', async () => {
  const certificates = { pfxFile: files.clientPfx, passphrase: site.clientPfxPassword };
  await site.setFault('untrustedCa', 'repository');
  expect(await bodies([['Get', 'about']], { certificates })).toMatchObject([{ schemaPath: 'About' }]);
  await site.clearFaults();
  await site.setFault('certificateRejected', 'forbidden');
  expect(await errors([['Get', 'about']], { certificates })).toEqual(['Received error code: 403::Forbidden']);
});

describe('fails when the simulator speaks another dialect:', () => {
  test.each([
    ['a page instead of JSON', { html200: true }],
    ['a count as text', { countAs: 'text' }],
  ] as const)('%s', async (_reason, faults) => {
    await site.setFaults(faults);
    const { code, complaint } = await judge([['Get', 'app/count']]);
    expect(code).toBe(1);
    expect(complaint).toMatch('SyntaxError: Unexpected token');
  });

  test('a cross-site key lost on the way', async () => {
    await using forger = await forge({
      request: (path) => path.replace(/xrfkey=\w+/, 'xrfkey=0123456789abcdef'),
    });
    expect(await errors([['Get', 'about']], { portNumber: forger.port })).toEqual([
      'Received error code: 403::XSRF prevention check failed. Possible XSRF discovered.',
    ]);
  });

  test('a deletion that is confirmed with 200', async () => {
    await using forger = await forge({ answer: (answer) => ({ ...answer, status: 200 }) });
    const [subscription] = await bodies([['Post', 'notification?name=App', '"http://localhost/"']]);
    const { value } = subscription as { value: string };
    expect(await errors([['Delete', `notification?handle=${value}`]], { portNumber: forger.port })).toEqual([
      'Received error code: 200::',
    ]);
  });

  test('a table that is answered with 202', async () => {
    await using forger = await forge({ answer: (answer) => ({ ...answer, status: 202 }) });
    const body = { entity: 'App', columns: [{ name: 'id', columnType: 'Property', definition: 'id' }] };
    const [error] = await errors([['Post', 'app/table', body, 'json']], { portNumber: forger.port });
    expect(error).toMatch('Received error code: 202');
  });
});

function forge(plant: Plant): Promise<Forger> {
  const { siteCa: ca, clientPfx: pfx, clientPfxPassword: passphrase, repositoryPort: port } = site;
  return startForger({ port, ca, pfx, passphrase }, plant);
}
