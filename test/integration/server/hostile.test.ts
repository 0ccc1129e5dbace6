import { beforeAll, describe, expect, test } from 'vitest';
import type { ConditionType } from '../../../src/api/conditions.ts';
import type { Reason } from '../../../src/api/reasons.ts';
import { until } from '../../controlplane/until.ts';
import { HostileServer, type Hostility } from '../../simulators/hostile-server.ts';
import {
  answer,
  endlessBody,
  gzipBomb,
  hugeHead,
  longTitle,
  redirectTo,
  slowBody,
  slowHead,
  truncatedJson,
} from '../../simulators/hostilities.ts';
import type { Json } from './api.ts';
import { searchForSecrets, useLab } from './lab.ts';
import { conditionOf, shortly } from './conditions.ts';
import { Place } from './place.ts';
import { World } from './world.ts';

const lab = useLab({ preload: new URL('../../fakes/name-server.ts', import.meta.url).href });

const TIMEOUT = 5_000;
/** What a check may take beyond its timeout: the machine is shared. */
const GRACE = 2_000;
const ONCE = { interval: '1h', retryInterval: '1h', timeout: '5s' };
/** Of a server with an interval of a second, on a machine that has other things to do. */
const LONGEST_GAP = 2_500;

/** A healthy server of the same operator, checked every second all the while. */
let clock: World;
beforeAll(async () => {
  clock = await World.withServer(lab(), { wishes: { checks: { interval: '1s', retryInterval: '1s' } } });
  await clock.seeReady('True', 'ChecksPassed');
});

/** The longest time between two checks of the clock since then; Infinity if it stands. */
function longestGapSince(from: number): number {
  const times = lab()
    .operator.checkLines({ namespace: clock.namespace, name: 'qlik' })
    .map(({ time = '' }) => Date.parse(time))
    .filter((time) => time >= from);
  return Math.max(...[from, ...times, Date.now()].map((time, index, all) => time - (all[index - 1] ?? time)));
}

interface Verdict {
  readonly at: ConditionType;
  readonly reason: Reason;
  readonly says: RegExp;
}

/** What is said of a server, in time, and while the clock goes on. */
async function messageOf(place: Place, { at, reason }: Verdict, from: number): Promise<string> {
  const server = await place.seeCondition(at, 'False', reason);
  const message = conditionOf(server, at)?.message ?? '';
  expect(message.length).toBeLessThan(500);
  await until('the check is logged', () => lab().operator.checksOf(server.metadata) > 0);
  const durations = lab()
    .operator.checkLines(server.metadata)
    .map(({ duration = Infinity }) => duration);
  expect(Math.max(...durations)).toBeLessThan(TIMEOUT + GRACE);
  expect(longestGapSince(from)).toBeLessThan(LONGEST_GAP);
  return message;
}

/** A Cloud server whose tenant is that one. */
async function tenantAt(
  { url, ca }: Pick<HostileServer, 'url' | 'ca'>,
  secret = 'the-client-secret-of-nobody',
): Promise<Place> {
  const place = new Place(lab(), await Place.make(lab()));
  lab().needles.addLong('client secret', secret);
  await place.createTrust(ca);
  await place.addSecret('client', { clientSecret: secret });
  await place.addServer({
    type: 'Cloud',
    trust: [{ configMapKeyRef: { name: 'trust' } }],
    checks: ONCE,
    cloud: { tenantUrl: url, clientId: 'user', clientSecret: { secretKeyRef: { name: 'client' } } },
  });
  return place;
}

/** A good site, one port of which is that server. */
async function siteWith(hostile: HostileServer, fields: (world: World) => Json): Promise<World> {
  const world = await World.create(lab());
  await world.createSecret();
  await world.createTrust(`${world.site.siteCa}${world.site.corporateCa}${hostile.ca}`);
  await world.createServer({ checks: ONCE, onPremise: fields(world) });
  return world;
}

const asRepository = (hostile: HostileServer) =>
  siteWith(hostile, () => ({ repositoryService: { port: hostile.port } }));
const asBrowser = (hostile: HostileServer) => siteWith(hostile, () => ({ serverUrl: `${hostile.url}/kpi` }));
const asProxy = (hostile: HostileServer) =>
  siteWith(hostile, () => ({ proxyService: { port: hostile.port } }));

const TOO_LONG = /the answer is longer than 4194304 bytes/u;
const TOO_LATE = /no answer to the request in time/u;
const NO_TENANT = /this is not a Qlik Cloud tenant/u;
const UNEXPECTED = /unexpected answer HTTP 200/u;
const NOT_QLIK_JSON = /the JSON of the answer is not what Qlik sends/u;
const REDIRECTED = /HTTP 302/u;

const reachable = (reason: Reason, says: RegExp): Verdict => ({ at: 'ServerReachable', reason, says });
const authenticated = (reason: Reason, says: RegExp): Verdict => ({ at: 'Authenticated', reason, says });
const virtualProxy = (reason: Reason, says: RegExp): Verdict => ({ at: 'VirtualProxyReady', reason, says });

interface Row {
  readonly what: string;
  readonly hostility: Hostility;
  readonly tenant: Verdict;
  readonly repository: Verdict;
  readonly browser: Verdict;
  readonly proxy: Verdict;
}

const ROWS: readonly Row[] = [
  {
    what: 'a body without end',
    hostility: endlessBody,
    tenant: reachable('UnexpectedResponse', TOO_LONG),
    repository: reachable('UnexpectedResponse', TOO_LONG),
    browser: reachable('UnexpectedResponse', TOO_LONG),
    proxy: virtualProxy('UnexpectedResponse', TOO_LONG),
  },
  {
    what: 'a head that comes a byte a second',
    hostility: slowHead,
    tenant: reachable('ResponseTimeout', TOO_LATE),
    repository: reachable('ResponseTimeout', TOO_LATE),
    browser: reachable('ResponseTimeout', TOO_LATE),
    proxy: virtualProxy('ResponseTimeout', TOO_LATE),
  },
  {
    what: 'a body that comes a byte a second',
    hostility: slowBody,
    tenant: reachable('ResponseTimeout', TOO_LATE),
    repository: reachable('ResponseTimeout', TOO_LATE),
    browser: reachable('ResponseTimeout', TOO_LATE),
    proxy: virtualProxy('ResponseTimeout', TOO_LATE),
  },
  {
    what: 'megabytes of headers',
    hostility: hugeHead,
    tenant: reachable('UnexpectedResponse', /longer than 32 KB/u),
    repository: reachable('UnexpectedResponse', /longer than 32 KB/u),
    browser: reachable('UnexpectedResponse', /longer than 32 KB/u),
    proxy: virtualProxy('UnexpectedResponse', /longer than 32 KB/u),
  },
  {
    what: 'a compressed bomb, which is not opened',
    hostility: gzipBomb,
    tenant: reachable('NotQlikCloud', NO_TENANT),
    repository: authenticated('UnexpectedResponse', NOT_QLIK_JSON),
    browser: virtualProxy('UnexpectedResponse', NOT_QLIK_JSON),
    proxy: virtualProxy('UnexpectedResponse', NOT_QLIK_JSON),
  },
  {
    what: 'JSON that ends in the middle',
    hostility: truncatedJson,
    tenant: reachable('NotQlikCloud', NO_TENANT),
    repository: authenticated('UnexpectedResponse', NOT_QLIK_JSON),
    browser: virtualProxy('UnexpectedResponse', NOT_QLIK_JSON),
    proxy: virtualProxy('UnexpectedResponse', NOT_QLIK_JSON),
  },
  {
    what: 'a page whose title has megabytes',
    hostility: longTitle,
    tenant: reachable('NotQlikCloud', /HTTP 200 \(text\/html\): title title/u),
    repository: authenticated('UnexpectedResponse', UNEXPECTED),
    browser: virtualProxy('UnexpectedResponse', UNEXPECTED),
    proxy: virtualProxy('UnexpectedResponse', UNEXPECTED),
  },
];

describe.concurrent('hostile servers are given up in time, and hold nobody else up:', () => {
  const roles = [
    ['a tenant', 'tenant', tenantAt],
    ['a repository service', 'repository', asRepository],
    ['a serverUrl', 'browser', asBrowser],
    ['a proxy service', 'proxy', asProxy],
  ] as const;
  const cases = ROWS.flatMap((row) =>
    roles.map(([who, role, setUp]) => ({ name: `${who} with ${row.what}`, row, role, setUp })),
  );
  test.for(cases)('$name', async ({ row, role, setUp }) => {
    await using hostile = await HostileServer.start(row.hostility);
    const from = Date.now();
    const place = await setUp(hostile);
    await using _site = place instanceof World ? place : undefined;
    expect(await messageOf(place, row[role], from)).toMatch(row[role].says);
    expect(hostile.connections).toBeGreaterThan(0);
  });
});

describe.concurrent('a redirect to another server is not followed:', () => {
  test.each([
    ['a tenant', tenantAt, reachable('NotQlikCloud', REDIRECTED)],
    ['a repository service', asRepository, authenticated('UnexpectedResponse', REDIRECTED)],
    ['a serverUrl', asBrowser, virtualProxy('TicketRejected', REDIRECTED)],
    ['a proxy service', asProxy, virtualProxy('UnexpectedResponse', REDIRECTED)],
  ])('of %s', async (_who, setUp, verdict) => {
    await using elsewhere = await HostileServer.start((socket) => socket.destroy());
    await using hostile = await HostileServer.start(redirectTo(elsewhere.url));
    const place = await setUp(hostile);
    await using _site = place instanceof World ? place : undefined;
    expect(await messageOf(place, verdict, Date.now())).toMatch(verdict.says);
    expect([hostile.connections > 0, elsewhere.connections]).toEqual([true, 0]);
  });
});

/** A tenant that is good until it is asked for that path. */
const tenantBut =
  (path: string, hostility: Hostility): Hostility =>
  (socket, request) => {
    const good: Readonly<Record<string, string>> = {
      '/.well-known/oauth-authorization-server': '{"token_endpoint":"x"}',
      '/oauth/token': JSON.stringify({ access_token: ACCESS_TOKEN, expires_in: 21_600 }),
    };
    if (request.target === path) hostility(socket, request);
    else socket.write(answer(200, 'application/json', good[request.target] ?? '{}'));
  };
const ACCESS_TOKEN = `eyJhbGciOiJFUzM4NCJ9.${'MTIzNDU2Nzg5MGFiY2RlZg'.repeat(10)}.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tYWxvbmU`;

const errors = (status: number, title: string) =>
  answer(status, 'application/json', JSON.stringify({ errors: [{ code: 'ECHO-1', title }] }));

describe.concurrent('what a server repeats of our secrets is not told:', () => {
  const secret = 'hJ8-client-secret-Zk3_that-is-repeated';
  const echoes: readonly (readonly [string, string, Hostility, Verdict])[] = [
    [
      'the client secret, as the title of an error',
      '/oauth/token',
      (socket) => socket.write(errors(400, `not this one: ${secret}`)),
      authenticated('CredentialsRejected', /not this one: \[redacted\]/u),
    ],
    [
      'the client secret, as the code of an error',
      '/oauth/token',
      (socket) =>
        socket.write(
          answer(400, 'application/json', JSON.stringify({ errors: [{ code: secret, title: 'x' }] })),
        ),
      authenticated('CredentialsRejected', /HTTP 400, \[redacted\]/u),
    ],
    [
      'half of the client secret, as plain text',
      '/oauth/token',
      (socket) => socket.write(answer(401, 'text/plain', `begins with ${secret.slice(0, 20)}`)),
      authenticated('CredentialsRejected', /begins with \[redacted\]/u),
    ],
    [
      'the whole request for a token, as plain text',
      '/oauth/token',
      (socket, { text }) => socket.write(answer(400, 'text/plain', text.slice(text.indexOf('{')))),
      authenticated('UnexpectedResponse', /\[redacted\]/u),
    ],
    [
      'the token',
      '/api/v1/users/me',
      (socket) => socket.write(errors(403, ACCESS_TOKEN)),
      authenticated('Forbidden', /"\[redacted\]"/u),
    ],
  ];
  test.for(echoes)('%s', async ([, path, hostility, verdict]) => {
    lab().needles.addLong('token', ACCESS_TOKEN);
    await using hostile = await HostileServer.start(tenantBut(path, hostility));
    const place = await tenantAt(hostile, secret);
    expect(await messageOf(place, verdict, Date.now())).toMatch(verdict.says);
  });
});

describe.concurrent('a name server that never answers', () => {
  test('is one for these servers alone', async () => {
    const from = Date.now();
    const places = await Promise.all(
      Array.from({ length: 8 }, (_each, number) =>
        tenantAt({ url: `https://t${number}.silent.example`, ca: clock.site.siteCa }),
      ),
    );
    const verdict = reachable('DnsTemporary', /:443 \(dns\): the name server gives no answer/u);
    for (const place of places) expect(await messageOf(place, verdict, from)).toMatch(verdict.says);
  });
});

test('none of them was our own fault', async () => {
  expect(lab().operator.logText).not.toContain('a check failed by our own fault');
  expect(shortly(await clock.read())).toMatchObject({ Ready: 'True/ChecksPassed' });
});

searchForSecrets(lab);
