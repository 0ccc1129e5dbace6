import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KubernetesObject } from './object.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import { RestClient } from './rest.ts';
import { Store } from './store.ts';

/** The waits between two attempts: written down and cut short, or held until somebody aborts them. */
const waits = vi.hoisted(() => ({ asked: [] as number[], hold: false }));

vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _value: unknown, { signal }: { signal: AbortSignal }) => {
    waits.asked.push(ms);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      if (!waits.hold) setImmediate(resolve);
    });
  },
}));

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const RESOURCE = { root: '/apis/example.io/v1', plural: 'things' };
const PATH = '/apis/example.io/v1/things';

/** An API server that answers each request with the next line of its script, and holds what is not in it. */
class ScriptedServer {
  readonly queries: Record<string, string>[] = [];
  readonly accepted: (string | undefined)[] = [];
  readonly held: ServerResponse[] = [];
  #script: Answer[] = [];
  /** Answers everything that the script does not. */
  otherwise: Answer = () => {};
  readonly #server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== PATH) {
      response.writeHead(404).end();
      return;
    }
    this.queries.push(Object.fromEntries(url.searchParams));
    this.accepted.push(request.headers.accept);
    this.held.push(response);
    (this.#script.shift() ?? this.otherwise)(response, request);
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  script(...answers: Answer[]): void {
    this.#script.push(...answers);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was asked for of the state: resource version, and whether it was a list, a stream of all, or a watch. */
  get asked(): string[] {
    return this.queries.map(({ watch, sendInitialEvents, resourceVersion, continue: token }) => {
      if (watch === undefined) return token === undefined ? 'list' : `list ${token}`;
      return sendInitialEvents === 'true' ? 'stream' : `watch ${resourceVersion}`;
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function thing(name: string, resourceVersion: number): KubernetesObject {
  return {
    metadata: { namespace: 'ns', name, uid: `uid-${name}`, resourceVersion: String(resourceVersion) },
  };
}

type Event = readonly [type: string, object: unknown];

const added = (name: string, version: number): Event => ['ADDED', thing(name, version)];
const modified = (name: string, version: number): Event => ['MODIFIED', thing(name, version)];
const deleted = (name: string, version: number): Event => ['DELETED', thing(name, version)];
const failed = (code: number): Event => ['ERROR', { kind: 'Status', code, reason: 'Expired', message: 'no' }];
const bookmark = (version: number): Event => [
  'BOOKMARK',
  { metadata: { name: '', resourceVersion: String(version) } },
];
const initialEnd = (version: number): Event => [
  'BOOKMARK',
  {
    metadata: {
      resourceVersion: String(version),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  },
];

const text = (events: readonly Event[]): string =>
  events.map(([type, object]) => `${JSON.stringify({ type, object })}\n`).join('');

/** A watch that stays open. */
const watch =
  (...events: Event[]): Answer =>
  (response) => {
    response.writeHead(200).flushHeaders();
    response.write(text(events));
  };

/** A watch that the server ends. */
const ended =
  (...events: Event[]): Answer =>
  (response) => {
    response.writeHead(200).end(text(events));
  };

/** A watch that dies in the middle of a line. */
const reset =
  (...events: Event[]): Answer =>
  (response) => {
    response.writeHead(200);
    response.write(`${text(events)}{"type":"ADDED","object":{"metad`, () => response.destroy());
  };

const refused =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response
      .writeHead(code, headers)
      .end(JSON.stringify({ kind: 'Status', code, reason: 'Because', message: `answer ${code}` }));
  };

const page =
  (items: readonly KubernetesObject[], version: number, token = ''): Answer =>
  (response) => {
    const metadata = { resourceVersion: String(version), continue: token };
    response.writeHead(200).end(JSON.stringify({ metadata, items }));
  };

let server: ScriptedServer;
let rest: RestClient;
let reflector: Reflector<KubernetesObject> | undefined;
let store: Store<KubernetesObject>;
let errors: unknown[];
let told: string[];
/** Of each answer of which the head has come. */
let statuses: number[];
/** Milliseconds by which the clock is ahead of the real one. */
let ahead: number;

beforeEach(async () => {
  waits.asked = [];
  waits.hold = false;
  errors = [];
  told = [];
  statuses = [];
  ahead = 0;
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  server = new ScriptedServer();
  await server.listen();
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await reflector?.stop();
  await rest.close();
  await server.close();
});

function start(
  options: Partial<ReflectorOptions<KubernetesObject>> = {},
  credentials: () => Promise<void> = () => Promise.resolve(),
): Reflector<KubernetesObject> {
  const access = {
    server: server.url,
    namespace: 'ns',
    credentials: () => credentials().then(() => ({ headers: {}, tls: {} })),
  };
  rest = new RestClient(access, (_, status) => statuses.push(status));
  store = new Store();
  store.onChange((key, before, after) => {
    told.push(`${key} ${before?.metadata.resourceVersion ?? '-'}>${after?.metadata.resourceVersion ?? '-'}`);
  });
  const onError = (error: unknown) => errors.push(error);
  reflector = new Reflector({ rest, resource: RESOURCE, store, onError, ...options });
  reflector.start();
  return reflector;
}

function contents(): string[] {
  return [...store.values()].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
}

async function requests(count: number): Promise<void> {
  await vi.waitFor(() => expect(server.asked.length).toBeGreaterThanOrEqual(count), { interval: 2 });
}

async function settledAt(...expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(contents()).toEqual(expected), { interval: 2 });
}

/** Ends the watch with that number as a server does after some minutes. */
function endAfterAWhile(index: number): void {
  ahead += 400_000;
  server.held[index]?.end();
}

describe('initial state', () => {
  test('comes as a stream, and is complete at its bookmark, not before', async () => {
    server.script(watch(added('a', 5), bookmark(6), added('b', 7)));
    const synced = vi.fn<() => void>();
    const reflector = start({ labelSelector: 'x=y' });
    void reflector.synced.then(synced);
    await settledAt('a@5', 'b@7');
    expect(synced).not.toHaveBeenCalled();
    server.held[0]?.write(text([initialEnd(9)]));
    await reflector.synced;
    expect(server.queries[0]).toMatchObject({
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
      labelSelector: 'x=y',
    });
    expect(Number(server.queries[0]?.['timeoutSeconds'])).toBeGreaterThanOrEqual(300);
    expect(errors).toEqual([]);
  });

  test('starts anew when the stream breaks before its bookmark', async () => {
    server.script(reset(added('a', 5), added('b', 6)), watch(added('b', 6), initialEnd(8)));
    const reflector = start();
    await reflector.synced;
    expect(contents()).toEqual(['b@6']);
    expect(server.asked).toEqual(['stream', 'stream']);
  });

  test.each([400, 422])('comes as pages from a server that refuses to stream with %i', async (code) => {
    server.script(
      refused(code),
      page([thing('a', 3)], 9, 'page-2'),
      page([thing('b', 4)], 9),
      watch(added('c', 10)),
    );
    await start().synced;
    await settledAt('a@3', 'b@4', 'c@10');
    expect(server.asked).toEqual(['stream', 'list', 'list page-2', 'watch 9']);
    expect(errors).toEqual([]);
    expect(waits.asked).toEqual([]);
  });

  test('goes on being streamed after an answer that says nothing about streaming', async () => {
    server.script(refused(404), refused(409), watch(initialEnd(1)));
    await start().synced;
    expect(server.asked).toEqual(['stream', 'stream', 'stream']);
  });

  test('starts anew when a page token has expired', async () => {
    server.script(refused(400), page([thing('a', 3)], 9, 'old'), refused(410), page([thing('b', 4)], 12));
    await start().synced;
    expect(contents()).toEqual(['b@4']);
    await requests(5);
    expect(server.asked).toEqual(['stream', 'list', 'list old', 'list', 'watch 12']);
  });

  test('is asked for as metadata only, and slimmed, when wanted', async () => {
    server.script(refused(400), page([thing('a', 3)], 9));
    const slim = ({ metadata }: KubernetesObject) => ({ metadata: { ...metadata, labels: { slim: 'yes' } } });
    await start({ metadataOnly: true, slim }).synced;
    await requests(3);
    const one = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const list = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    expect(server.accepted).toEqual([one, list, one]);
    expect(store.get('ns/a')?.metadata.labels).toEqual({ slim: 'yes' });
  });
});

describe('a watch that ends is resumed', () => {
  test('from the last object, changed or deleted, and from the last bookmark', async () => {
    server.script(watch(added('a', 5), initialEnd(6)), watch(), watch(), watch());
    await start().synced;
    endAfterAWhile(0);
    await requests(2);
    server.held[1]?.write(text([modified('a', 8)]));
    await settledAt('a@8');
    endAfterAWhile(1);
    await requests(3);
    server.held[2]?.write(text([deleted('a', 11)]));
    await settledAt();
    endAfterAWhile(2);
    await requests(4);
    server.held[3]?.write(text([bookmark(20), added('b', 21), bookmark(30)]));
    await settledAt('b@21');
    endAfterAWhile(3);
    await requests(5);
    expect(server.asked).toEqual(['stream', 'watch 6', 'watch 8', 'watch 11', 'watch 30']);
    expect(told).toEqual(['ns/a ->5', 'ns/a 5>8', 'ns/a 8>-', 'ns/b ->21']);
    expect([errors, waits.asked]).toEqual([[], []]);
  });

  test('after a reset in the middle of a line, with what came in whole lines', async () => {
    server.script(reset(added('a', 5), initialEnd(6), added('b', 7)), watch(added('c', 8)));
    await start().synced;
    await settledAt('a@5', 'b@7', 'c@8');
    expect(server.asked).toEqual(['stream', 'watch 7']);
    expect(errors).toHaveLength(1);
  });

  test('after a line that is no JSON, and after an unknown event', async () => {
    server.script(
      watch(initialEnd(6)),
      (response) => response.writeHead(200).end(`${text([added('a', 7)])}{"type":\n${text([added('x', 8)])}`),
      ended(['STRANGE', thing('y', 9)]),
      watch(added('b', 10)),
    );
    await start().synced;
    endAfterAWhile(0);
    await settledAt('a@7', 'b@10');
    expect(server.asked).toEqual(['stream', 'watch 6', 'watch 7', 'watch 7']);
    expect(errors.map(String)).toEqual([
      expect.stringContaining('SyntaxError'),
      'Error: a watch sent an event of the unknown type "STRANGE"',
    ]);
  });

  test('after 90 s of silence, which lines put off', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    server.script(watch(initialEnd(6)), watch(added('b', 9)));
    await start().synced;
    vi.advanceTimersByTime(80_000);
    server.held[0]?.write(text([added('a', 7)]));
    await settledAt('a@7');
    vi.advanceTimersByTime(80_000);
    server.held[0]?.write(text([modified('a', 8)]));
    await settledAt('a@8');
    vi.advanceTimersByTime(90_000);
    await settledAt('a@8', 'b@9');
    expect(errors.map(String)).toEqual(['Error: the watch has been silent for too long']);
    // Not resumed: it may have waited for a version that lies in the future.
    expect(server.asked).toEqual(['stream', 'stream']);
  });
});

describe('a version that is too old', () => {
  test.each<[string, Answer]>([
    ['410 as the answer', refused(410)],
    ['410 as an event', ended(failed(410))],
  ])('%s has the state read anew at once, and what is gone deleted', async (_, expired) => {
    server.script(watch(added('a', 1), added('b', 2), initialEnd(6)), expired);
    server.otherwise = watch(added('b', 2), added('c', 50), initialEnd(60));
    await start().synced;
    endAfterAWhile(0);
    await settledAt('b@2', 'c@50');
    expect(server.asked).toEqual(['stream', 'watch 6', 'stream']);
    expect(told).toEqual(['ns/a ->1', 'ns/b ->2', 'ns/c ->50', 'ns/a 1>-']);
    expect([errors, waits.asked]).toEqual([[], []]);
  });

  test('again and again is waited for, ever longer', async () => {
    server.script(refused(400));
    let lists = 0;
    server.otherwise = (response, request) => {
      const isWatch = request.url?.includes('watch=true') === true;
      if (!isWatch) lists += 1;
      (isWatch ? refused(410) : page([thing('a', lists)], lists))(response, request);
    };
    start();
    await vi.waitFor(() => expect(waits.asked.length).toBeGreaterThan(7), { interval: 2 });
    expect(lists - waits.asked.length).toBeLessThanOrEqual(3);
    expect(waits.asked[6]).toBeGreaterThanOrEqual(5_000);
  });
});

describe('a server in trouble', () => {
  test('is not asked again before the time it names, nor later than after a minute', async () => {
    server.script(
      refused(429, { 'retry-after': '7' }),
      refused(429, { 'retry-after': '0' }),
      refused(503, { 'retry-after': '9999999' }),
      refused(503, { 'retry-after': '1' }),
      watch(added('a', 1), initialEnd(2)),
    );
    await start().synced;
    expect(waits.asked[0]).toBe(7_000);
    expect(waits.asked[1]).toBeGreaterThanOrEqual(400);
    expect(waits.asked[2]).toBe(60_000);
    expect(waits.asked[3]).toBeGreaterThanOrEqual(1_600);
    expect(errors.map((error) => (error as { code: number }).code)).toEqual([429, 503]);
  });

  test('that answers 500, or as an event, is asked ever more rarely, without losing its place', async () => {
    server.script(watch(initialEnd(6)));
    server.script(...Array.from({ length: 4 }, () => refused(500)), ended(failed(500)));
    server.script(watch(added('a', 7)));
    await start().synced;
    endAfterAWhile(0);
    await settledAt('a@7');
    expect(server.asked).toEqual(['stream', ...Array.from({ length: 6 }, () => 'watch 6')]);
    for (const [index, wait] of waits.asked.entries()) {
      expect(wait).toBeGreaterThanOrEqual(200 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(400 * 2 ** index);
    }
    expect(waits.asked).toHaveLength(5);
  });

  test('is told of once for each reason in a row, and again after it has worked', async () => {
    server.script(...Array.from({ length: 3 }, () => refused(403)), refused(500), refused(403));
    server.script(watch(initialEnd(6)), refused(403), watch());
    await start().synced;
    endAfterAWhile(5);
    await requests(8);
    expect(errors.map((error) => (error as { code: number }).code)).toEqual([403, 500, 403, 403]);
  });

  test.each<[string, Event[]]>([
    ['without a word', []],
    ['with a bookmark', [bookmark(6)]],
    ['with an object', [modified('a', 6)]],
  ])('that ends the watch at once %s, again and again, is not asked in a spin', async (_, events) => {
    server.script(watch(initialEnd(6)));
    server.otherwise = ended(...events);
    await start().synced;
    endAfterAWhile(0);
    await requests(12);
    expect(server.asked.length - waits.asked.length).toBeLessThanOrEqual(2);
    expect(waits.asked[8]).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...waits.asked)).toBeLessThanOrEqual(10_000);
    expect(String(errors[0])).toBe('Error: the server ended the watch at once');
  });

  test('is waited for a short time again once a watch has held', async () => {
    const refusals = Array.from({ length: 6 }, () => refused(500));
    server.script(watch(initialEnd(6)), ...refusals, watch(added('a', 7)));
    await start().synced;
    endAfterAWhile(0);
    await requests(8);
    expect(waits.asked).toHaveLength(6);
    // Only a watch whose answer has come can have held.
    await vi.waitFor(() => expect(store.size).toBe(1));
    server.script(refused(500), watch());
    endAfterAWhile(7);
    await requests(10);
    expect(waits.asked[6]).toBeLessThanOrEqual(400);
  });

  test('counts as silent only while it does not answer', async () => {
    server.script(watch(initialEnd(6)), refused(500));
    await start().synced;
    ahead += 50_000;
    expect(reflector!.silence).toBeGreaterThanOrEqual(50_000);
    waits.hold = true;
    server.held[0]?.end();
    await vi.waitFor(() => expect(waits.asked).toHaveLength(1));
    expect(reflector!.silence).toBeLessThan(10_000);
  });
});

describe('stop', () => {
  /** Stops at that point; what the server sends from then on must reach nobody. */
  async function stopped(late: () => void): Promise<void> {
    const before = [...told];
    const stopping = reflector!.stop();
    late();
    await stopping;
    // After a round trip, what must not happen would have happened.
    await expect(rest.request({ method: 'GET', path: '/elsewhere' })).rejects.toThrow('HTTP 404');
    expect(told).toEqual(before);
  }

  test('while credentials are read', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.otherwise = watch(added('a', 1), initialEnd(2));
    start({}, () => promise);
    const done = vi.fn<() => void>();
    void reflector!.stop().then(done);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).not.toHaveBeenCalled();
    await stopped(resolve);
    expect(contents()).toEqual([]);
  });

  test('while an answer is awaited', async () => {
    start();
    await requests(1);
    await stopped(() => watch(added('a', 1), initialEnd(2))(server.held[0]!, {} as IncomingMessage));
    expect(contents()).toEqual([]);
  });

  test('while lines come', async () => {
    server.script(watch(added('a', 1), initialEnd(2)));
    await start().synced;
    await stopped(() => server.held[0]?.write(text([added('b', 3), deleted('a', 4)])));
    expect(contents()).toEqual(['a@1']);
  });

  test('while a page is awaited', async () => {
    server.script(refused(400), page([thing('a', 3)], 9, 'more'));
    start();
    await requests(3);
    await stopped(() => page([thing('b', 4)], 9)(server.held[2]!, {} as IncomingMessage));
    expect(contents()).toEqual(['a@3']);
  });

  test('in the middle of a page', async () => {
    server.script(refused(400), (response) => {
      response.writeHead(200);
      response.write('{"metadata":{"resourceVersion":"9"},"items":[');
    });
    start();
    await requests(2);
    await vi.waitFor(() => expect(statuses).toEqual([400, 200]), { interval: 2 });
    await stopped(() => server.held[1]?.end(']}'));
  });

  test('while waiting to try again', async () => {
    waits.hold = true;
    server.script(refused(500));
    start();
    await vi.waitFor(() => expect(waits.asked).toHaveLength(1), { interval: 2 });
    await stopped(() => {});
    expect(server.asked).toEqual(['stream']);
  });

  test('by somebody who is told of a change, with more in the same chunk', async () => {
    server.script(watch(added('a', 1), added('b', 2), initialEnd(3)));
    start();
    const stopping = Promise.withResolvers<void>();
    store.onChange(() => stopping.resolve(reflector!.stop()));
    await stopping.promise;
    expect(told).toEqual(['ns/a ->1']);
  });
});
