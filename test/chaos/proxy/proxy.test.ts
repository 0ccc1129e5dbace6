import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { freePort } from '../../controlplane/free-port.ts';
import { until } from '../../controlplane/until.ts';
import { freshNamespace } from '../../integration/namespace.ts';
import { Client } from './fixtures/client.ts';
import { type FaultProxy, startFaultProxy } from './start.ts';

/** Long enough for anything to get through that is not held back. */
const A_WHILE = 300;

let parts: AsyncDisposableStack;
let proxy: FaultProxy;
/** Through the proxy, and past it. */
let client: Client;
let direct: Client;
let configMaps: string;

beforeEach(async () => {
  parts = new AsyncDisposableStack();
  const upstream = inject('controlPlane');
  configMaps = `/api/v1/namespaces/${(await freshNamespace()).name}/configmaps`;
  proxy = parts.use(await startFaultProxy({ upstream, seed: 1, folder: upstream.folder }));
  client = parts.use(new Client(proxy));
  direct = parts.use(new Client(upstream));
});

afterEach(async () => {
  await parts.disposeAsync();
});

function create(name: string, by = client) {
  return by.ask(configMaps, { method: 'POST', body: configMap(name) });
}

function configMap(name: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: 'x'.repeat(1000) } };
}

async function exists(name: string): Promise<boolean> {
  return (await direct.ask(`${configMaps}/${name}`)).status === 200;
}

/** An open watch that is past what the API server has made itself in the namespace. */
async function openWatch() {
  await until('the root CA or nothing', async () => (await direct.ask(configMaps)).status === 200);
  const watch = await client.watch(configMaps);
  await create('first', direct);
  await until('the first one', () => watch.text.includes('"first"'), { everyMs: 5 });
  watch.text = '';
  return watch;
}

function nameIn(line: string | undefined): unknown {
  return (JSON.parse(line ?? '{}') as { object?: { metadata: { name?: string } } }).object?.metadata.name;
}

describe('without faults', () => {
  test('passes everything on', async () => {
    expect(await create('a')).toMatchObject({ status: 201 });
    expect(await exists('a')).toBe(true);
    expect((await client.ask(configMaps)).body).toBe((await direct.ask(configMaps)).body);
    const stranger = await client.ask(configMaps, { headers: { authorization: 'Bearer nobody' } });
    expect(stranger.status).toBe(401);
  });

  test('streams a watch, from an answer without a byte to each line as it comes', async () => {
    const watch = await openWatch();
    await create('b', direct);
    await watch.sees(1);
    expect(watch.lines.map(nameIn)).toEqual(['b']);
    expect(watch.ending).toBeUndefined();
    watch.close();
    await until('the end is passed on', () => proxy.requests.at(-1)?.endTime !== undefined);
  });

  test('makes a kubeconfig that kubectl and the operator can use', async () => {
    const { kubeconfigAccess } = await import('../../../src/kubernetes/access.ts');
    const { server, credentials } = await kubeconfigAccess(proxy.kubeconfig);
    expect(server).toBe(proxy.url);
    const { headers, tls } = await credentials();
    expect(headers).toEqual({ authorization: `Bearer ${proxy.token}` });
    expect(tls.ca).toBe(proxy.ca);
  });

  test('resets the connection when the API server cannot be reached', async () => {
    const upstream = { ...inject('controlPlane'), url: `https://127.0.0.1:${await freePort()}` };
    await using orphan = await startFaultProxy({ upstream, seed: 1, folder: upstream.folder });
    await using itsClient = new Client(orphan);
    expect(await itsClient.failure(configMaps)).toBe('ECONNRESET');
  });
});

describe('log of requests', () => {
  test('tells what was asked, by whom, over which connection, and how it was answered', async () => {
    const before = Date.now();
    await create('a');
    await client.ask(`${configMaps}/none?pretty=true`);
    await until('both are over', () => proxy.requests.every(({ endTime }) => endTime !== undefined));
    const [created, missing] = proxy.requests;
    const { namespace } = created!;
    expect(created).toMatchObject({ method: 'POST', path: configMaps, status: 201, resource: 'configmaps' });
    expect(configMaps).toContain(`/${namespace}/`);
    expect(missing).toMatchObject({
      method: 'GET',
      query: { pretty: 'true' },
      status: 404,
      name: 'none',
      userAgent: 'plain-client',
      connection: created!.connection,
      faults: [],
    });
    expect(created!.time).toBeGreaterThanOrEqual(before);
    expect(created!.endTime).toBeLessThanOrEqual(missing!.time);
  });

  test.each([
    ['', { isList: true, isWatch: false }],
    ['?limit=1', { isList: true, isWatch: false }],
    ['/none', { isList: false, isWatch: false }],
    ['?watch=true&timeoutSeconds=1', { isList: false, isWatch: true }],
    [
      '?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
      { isList: true, isWatch: true },
    ],
  ])('a GET of the collection%s is %o', async (query, expected) => {
    await client.ask(`${configMaps}${query}`);
    expect(proxy.requests).toHaveLength(1);
    expect(proxy.requests[0]).toMatchObject(expected);
  });
});

describe('cut', () => {
  test('before the API server hears of the request', async () => {
    proxy.faults.on({ kind: 'cut' }, { times: 1 });
    expect(await client.failure(configMaps, { method: 'POST', body: configMap('a') })).toBe('ECONNRESET');
    expect(await exists('a')).toBe(false);
    expect(proxy.requests).toMatchObject([{ status: undefined, faults: ['cut'] }]);
    expect(await create('a')).toMatchObject({ status: 201 });
  });

  test('after the API server has acted', async () => {
    proxy.faults.on({ kind: 'cut', at: 'answer' }, { times: 1 });
    expect(await client.failure(configMaps, { method: 'POST', body: configMap('a') })).toBe('ECONNRESET');
    expect(await exists('a')).toBe(true);
  });

  test('of open watches at once, and of no others', async () => {
    const [watch, other] = [await openWatch(), await client.watch('/api/v1/namespaces')];
    const cut = proxy.faults.on({ kind: 'cut' }, { isWatch: true, path: /configmaps/u });
    expect(await watch.ends()).toBe('ECONNRESET');
    expect(cut.count).toBe(1);
    expect(other.ending).toBeUndefined();
    await expect(client.watch(configMaps)).rejects.toMatchObject({ code: 'ECONNRESET' });
    cut.off();
    expect((await openWatch()).ending).toBeUndefined();
  });

  test('some time after the answer has begun', async () => {
    proxy.faults.on({ kind: 'cut', at: { afterMs: 200 } }, { times: 1 });
    const opened = performance.now();
    const watch = await client.watch(configMaps);
    expect(await watch.ends()).toBe('ECONNRESET');
    expect(performance.now() - opened).toBeGreaterThan(195);
  });
});

describe('halfOpen', () => {
  test('before the API server hears of the request, which it does when healed', async () => {
    proxy.faults.on({ kind: 'halfOpen' }, { times: 1 });
    const creating = create('a');
    await until('it hangs', () => proxy.requests.length === 1);
    expect(await Promise.race([creating, delay(A_WHILE, 'nothing')])).toBe('nothing');
    expect(await exists('a')).toBe(false);
    proxy.heal('deliver');
    expect(await creating).toMatchObject({ status: 201 });
  });

  test('after the API server has acted, so that only the answer is lost', async () => {
    proxy.faults.on({ kind: 'halfOpen', at: 'answer' }, { times: 1 });
    const failing = client.failure(configMaps, { method: 'POST', body: configMap('a') });
    await until('it exists', () => exists('a'));
    expect(await Promise.race([failing, delay(A_WHILE, 'nothing')])).toBe('nothing');
    proxy.heal('reset');
    expect(await failing).toBe('ECONNRESET');
  });
});

describe('partition', () => {
  test('holds back what a watch would bring, and delivers it when healed', async () => {
    const watch = await openWatch();
    proxy.partition({ hangsNew: true });
    await create('b', direct);
    await delay(A_WHILE);
    expect(watch).toMatchObject({ text: '', ending: undefined });
    proxy.heal('deliver');
    await watch.sees(1);
    expect(watch.lines.map(nameIn)).toEqual(['b']);
  });

  test('holds back FIN and RST in both directions', async () => {
    const [watch, closed] = [await openWatch(), await client.watch(configMaps)];
    const itsRecord = proxy.requests.at(-1);
    proxy.partition({ hangsNew: true });
    proxy.faults.on({ kind: 'cut' }, { isWatch: true }).off();
    closed.close();
    await delay(A_WHILE);
    expect(watch.ending).toBeUndefined();
    expect(itsRecord?.endTime).toBeUndefined();
    proxy.heal('deliver');
    expect(await watch.ends()).toBe('ECONNRESET');
    await until('the proxy has heard', () => itsRecord?.endTime !== undefined);
  });

  test('resets what it has held back when healed, if wanted', async () => {
    const watch = await openWatch();
    proxy.partition({ hangsNew: true });
    const failing = client.failure(`${configMaps}?late`);
    await delay(A_WHILE);
    proxy.heal('reset');
    expect(await watch.ends()).toBe('ECONNRESET');
    expect(await failing).toMatch(/ECONNRESET|UND_ERR_SOCKET/u);
    expect(proxy.requests.filter(({ query }) => 'late' in query)).toEqual([]);
    expect((await client.ask(configMaps)).status).toBe(200);
  });

  test.each([true, false])('hangs new connections: %s', async (hangsNew) => {
    proxy.partition({ hangsNew });
    const asking = client.ask(configMaps).then(({ status }) => status);
    const seen = await Promise.race([asking, delay(A_WHILE, 'nothing')]);
    expect(seen).toBe(hangsNew ? 'nothing' : 200);
    expect(proxy.requests).toHaveLength(hangsNew ? 0 : 1);
    proxy.heal('deliver');
    expect(await asking).toBe(200);
  });
});

describe('faults of requests', () => {
  test('delay lets the API server hear of them later', async () => {
    await client.ask(configMaps);
    proxy.faults.on({ kind: 'delay', ms: 400 }, { method: 'POST' });
    const asked = performance.now();
    await client.ask(configMaps);
    expect(performance.now() - asked).toBeLessThan(350);
    const creating = create('a');
    expect(await exists('a')).toBe(false);
    await creating;
    expect(performance.now() - asked).toBeGreaterThan(395);
  });

  test.each([
    [410, 'Expired'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
  ] as const)('status %s is answered without asking the API server', async (code, reason) => {
    proxy.faults.on({ kind: 'status', code, retryAfterSeconds: 7 }, { times: 2, method: 'POST' });
    for (const _ of [1, 2]) {
      const { status, headers, body } = await create('a');
      expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: code, retryAfter: '7' });
      expect(JSON.parse(body)).toMatchObject({ kind: 'Status', code, reason });
    }
    expect(await exists('a')).toBe(false);
    expect(await create('a')).toMatchObject({ status: 201 });
    expect(proxy.requests.map(({ status }) => status)).toEqual([code, code, 201]);
  });

  test('truncate ends a body in its middle', async () => {
    proxy.faults.on({ kind: 'truncate' }, { times: 1 });
    expect(await client.failure('/api')).toBe('UND_ERR_SOCKET');
    expect((await client.ask('/api')).status).toBe(200);
  });

  test('meet only what matches, until they are switched off', async () => {
    const isMet = async (path: string) => (await client.ask(path)).status === 503;
    const status = { kind: 'status', code: 503 } as const;
    using one = proxy.faults.on(status, { path: /\/none$/u });
    expect([await isMet(configMaps), await isMet(`${configMaps}/none`)]).toEqual([false, true]);
    one.off();
    expect(await isMet(`${configMaps}/none`)).toBe(false);
    proxy.faults.on(status, { isList: true });
    expect([await isMet(configMaps), await isMet(`${configMaps}/none`)]).toEqual([true, false]);
    proxy.repair();
    expect(await isMet(configMaps)).toBe(false);
  });
});

describe('faults of watches', () => {
  test('expired is an ERROR event that says 410, and the end', async () => {
    const watch = await openWatch();
    proxy.faults.on({ kind: 'expired' }, { times: 1 });
    expect(await watch.ends()).toBe('end');
    expect(watch.lines).toHaveLength(1);
    expect(JSON.parse(watch.lines[0]!)).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    });
  });

  test('duplicate brings a line twice', async () => {
    const watch = await openWatch();
    proxy.faults.on({ kind: 'duplicate' }, { times: 1 });
    await create('b', direct);
    await create('c', direct);
    await watch.sees(3);
    expect(watch.lines.map(nameIn)).toEqual(['b', 'b', 'c']);
  });

  test('truncate ends a line and the connection in its middle', async () => {
    const watch = await openWatch();
    proxy.faults.on({ kind: 'truncate' }, { times: 1 });
    await create('b', direct);
    expect(await watch.ends()).toBe('UND_ERR_SOCKET');
    expect(watch.text).toMatch(/^\{"type":"ADDED"/u);
    expect(watch.text).not.toContain('\n');
    expect(watch.text.length).toBeGreaterThan(400);
  });

  test('malformed is a line that is no JSON, and all goes on', async () => {
    const watch = await openWatch();
    proxy.faults.on({ kind: 'malformed' }, { times: 1 });
    await watch.sees(1);
    expect(() => nameIn(watch.lines[0])).toThrow(SyntaxError);
    await create('b', direct);
    await watch.sees(2);
    expect(nameIn(watch.lines[1])).toBe('b');
  });

  test('meet a watch that is opened later as well', async () => {
    const malformed = proxy.faults.on({ kind: 'malformed' }, { times: 1 });
    await client.ask(configMaps);
    expect(malformed.count).toBe(0);
    await (await client.watch(configMaps)).sees(1);
    expect(malformed.count).toBe(1);
  });
});

describe('a kill', () => {
  test.each([
    { at: 'request', isMade: false },
    { at: 'answer', isMade: true },
  ] as const)('at the $at of what it matches; made: $isMade', async ({ at, isMade }) => {
    const killed: boolean[] = [];
    const kill = async () => void killed.push(await exists('victim'));
    using _kill = proxy.faults.on({ kind: 'kill', at, kill }, { method: 'POST', body: /"victim"/u });
    expect((await create('other')).status).toBe(201);
    expect(await client.failure(configMaps, { method: 'POST', body: configMap('victim') })).toBe(
      'ECONNRESET',
    );
    expect(killed).toEqual([isMade]);
    expect(await exists('victim')).toBe(isMade);
  });

  test('at the answer is not for what was refused', async () => {
    await create('twice');
    const kill = () => Promise.reject(new Error('killed'));
    using _kill = proxy.faults.on({ kind: 'kill', at: 'answer', kill });
    expect((await create('twice')).status).toBe(409);
  });
});

test('connections are refused so many times, and kept ones are not', async () => {
  await client.ask(configMaps);
  proxy.refuseConnections(1);
  expect((await client.ask(configMaps)).status).toBe(200);
  await using another = new Client(proxy);
  expect(await another.failure(configMaps)).toBe('ECONNRESET');
  expect((await another.ask(configMaps)).status).toBe(200);
});
