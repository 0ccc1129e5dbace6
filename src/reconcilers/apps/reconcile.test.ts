import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QlikAppApi } from '../../../test/fakes/qlikapp-api.ts';
import {
  checked,
  exampleMaterial,
  exampleServer,
  MINUTE,
  NOON,
  unjudged,
  written,
} from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Material } from '../../connections/material.ts';
import type { EventRecorder, Happening } from '../../kubernetes/events.ts';
import { Store } from '../../kubernetes/store.ts';
import type { ListingEnd, PublishedApp } from '../../qlik/app-listing.ts';
import { QlikError } from '../../qlik/failure.ts';
import type { Log } from '../../telemetry/log.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import type { Materials } from '../server/materials.ts';
import { AppWriter } from './app-writer.ts';
import { AppsReconciler } from './reconcile.ts';
import { AppReports } from './report.ts';
import { WriteBudget } from './write-budget.ts';

const KEY = 'kpi/finance';
const SECOND = 1000;
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

const APP: PublishedApp = {
  id: 'app-1',
  name: 'Sales',
  publishedIn: { kind: 'Stream', id: 's1', name: 'Finance' },
  publishedAt: NOON,
  modifiedAt: undefined,
  lastReloadAt: undefined,
  owner: undefined,
  description: undefined,
  size: undefined,
};
const COMPLETE: ListingEnd = { kind: 'complete', places: new Set(['Finance']), seesAll: true };
const FAILURE = { kind: 'ProxyUnavailable', phase: 'http', endpoint: 'q:4242', detail: 'HTTP 503' } as const;

/** A server with one app, connected; everything of it can be changed. */
class Scene {
  readonly api = new QlikAppApi();
  readonly servers = new Store<QlikServer>();
  readonly reports = new AppReports();
  readonly events: Happening[] = [];
  readonly metrics = new Metrics();
  fingerprint = exampleMaterial().fingerprint;
  hint = 'first';
  listings = 0;
  /** How the next listings go on once the page is written. */
  end: () => ListingEnd | Promise<ListingEnd> = () => COMPLETE;
  onEvent: () => void = () => {};
  readonly #told: string[] = [];
  readonly reconciler: AppsReconciler;
  #version = 1;

  constructor() {
    const log = { info() {}, warn() {}, debug() {}, error() {} } as unknown as Log;
    this.reconciler = new AppsReconciler({
      servers: this.servers,
      materials: {
        withFingerprint: (_server: QlikServer, fingerprint: string) =>
          Promise.resolve(this.#material().fingerprint === fingerprint ? this.#material() : undefined),
      } as unknown as Materials,
      reports: this.reports,
      onReport: () => void this.#told.push(`${this.report.handledRequest}: ${this.api.objects.size} apps`),
      writer: new AppWriter(this.api.client),
      budget: new WriteBudget(1000),
      events: { record: (_of: unknown, event: Happening) => this.#record(event) } as unknown as EventRecorder,
      metrics: this.metrics,
      log,
    });
    this.change({});
  }

  change({
    annotations = {},
    ...spec
  }: {
    annotations?: Record<string, string>;
    [field: string]: unknown;
  }): void {
    this.#version += 1;
    const metadata = { resourceVersion: String(this.#version), annotations };
    const server = exampleServer({ appSync: { interval: '1h', ...spec } }, { metadata });
    this.servers.set(written(server, checked(server, unjudged(server))));
  }

  get server(): QlikServer {
    return this.servers.get(KEY)!;
  }

  get report() {
    return this.reports.of(this.server);
  }

  /** What was known when the status was to be written anew. */
  get told(): readonly string[] {
    return this.#told;
  }

  async reconcile(): Promise<number | undefined> {
    const [done] = await Promise.all([this.reconciler.reconcile(KEY, never), vi.advanceTimersByTimeAsync(0)]);
    return done.kind === 'again' ? done.at - Date.now() : undefined;
  }

  #record(event: Happening): Promise<void> {
    this.events.push(event);
    this.onEvent();
    return Promise.resolve();
  }

  #material(): Material {
    const material = exampleMaterial(this.fingerprint);
    const connection: Material['connection'] = {
      ...material.connection,
      appsHint: () => Promise.resolve(this.hint),
      listApps: async (_options, onPage) => {
        this.listings += 1;
        await onPage([APP]);
        return this.end();
      },
    };
    return { ...material, connection };
  }
}

describe('a sync is made', () => {
  test('at once of a server that never was, and then in its rhythm', async () => {
    const scene = new Scene();
    await scene.reconcile();
    await scene.reconcile();
    expect(scene.listings).toBe(1);
    expect(scene.report).toMatchObject({ verdict: { reason: 'AppsSynced' }, figures: { apps: 1, added: 1 } });
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    await scene.reconcile();
    expect(scene.listings).toBe(2);
  });

  test('when it is asked for, and echoed only once everything is written', async () => {
    const scene = new Scene();
    await scene.reconcile();
    scene.api.objects.clear();
    scene.change({ annotations: { 'kpimailer.io/syncRequestedAt': 'now' } });
    await scene.reconcile();
    await scene.reconcile();
    expect(scene.listings).toBe(2);
    expect(scene.told).toEqual(['undefined: 1 apps', 'now: 1 apps']);
  });

  test('when the connection has become another one that is proved', async () => {
    const scene = new Scene();
    await scene.reconcile();
    scene.fingerprint = 'another';
    await scene.reconcile();
    expect(scene.listings).toBe(1); // it has not been judged yet
    scene.change({});
    const { status } = scene.server;
    scene.servers.set({
      ...scene.server,
      metadata: { ...scene.server.metadata, resourceVersion: '99' },
      status: { ...status, checks: { ...status?.checks, connectionFingerprint: 'another' } },
    });
    await scene.reconcile();
    expect(scene.listings).toBe(2);
  });

  test.each([{ publishedIn: ['Finance'] }, { removalGrace: '5m' }])(
    'once when what is wanted has changed: %o',
    async (wanted) => {
      const scene = new Scene();
      await scene.reconcile();
      scene.change(wanted);
      await scene.reconcile();
      await scene.reconcile();
      expect(scene.listings).toBe(2);
    },
  );

  test('when the hint is another one, which is looked for three times an interval', async () => {
    const scene = new Scene();
    expect(await scene.reconcile()).toBeLessThanOrEqual(20 * MINUTE);
    scene.hint = 'second';
    await scene.reconcile();
    expect(scene.listings).toBe(1);
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    await scene.reconcile();
    expect(scene.listings).toBe(2);
  });

  test.each<[string, (scene: Scene) => void]>([
    [
      'a server is suspended',
      ({ servers, server }) =>
        servers.set({
          ...server,
          metadata: { ...server.metadata, resourceVersion: '99' },
          spec: { ...server.spec, suspend: true },
        }),
    ],
    ['nobody wants one', (scene) => scene.change({ enabled: false })],
    [
      'a server is being deleted',
      ({ servers, server }) =>
        servers.set({
          ...server,
          metadata: { ...server.metadata, resourceVersion: '99', deletionTimestamp: 'x' },
        }),
    ],
    ['a server is gone', ({ servers }) => servers.delete(KEY)],
  ])('never while %s', async (_what, change) => {
    const scene = new Scene();
    change(scene);
    expect(await scene.reconcile()).toBeUndefined();
    expect([scene.listings, scene.api.writes]).toEqual([0, []]);
  });

  test('never while nobody knows as whom, and a request stays open meanwhile', async () => {
    const scene = new Scene();
    scene.change({ annotations: { 'kpimailer.io/syncRequestedAt': 'now' } });
    scene.fingerprint = 'another';
    expect(await scene.reconcile()).toBeUndefined();
    expect(scene.report).toMatchObject({ verdict: { reason: 'NotRun' }, handledRequest: undefined });
    expect(scene.listings).toBe(0);
  });

  test('never of a spec that was not checked yet, of which there is nothing to say either', async () => {
    const scene = new Scene();
    const { server } = scene;
    scene.servers.set({ ...server, metadata: { ...server.metadata, resourceVersion: '99', generation: 2 } });
    expect(await scene.reconcile()).toBeUndefined();
    expect([scene.listings, scene.told]).toEqual([0, []]);
  });
});

describe('a sync that fails', () => {
  const failing = () => {
    const scene = new Scene();
    scene.end = () => {
      throw new QlikError(FAILURE);
    };
    return scene;
  };

  test('keeps the apps, says why, and is tried again ever later', async () => {
    const scene = failing();
    const delays: number[] = [];
    for (let number = 0; number < 9; number += 1) {
      const delay = (await scene.reconcile()) ?? 0;
      delays.push(delay / SECOND);
      await vi.advanceTimersByTimeAsync(delay);
    }
    expect(scene.listings).toBe(9);
    expect(scene.api.objects.size).toBe(1);
    expect(scene.report).toMatchObject({ verdict: { status: 'False', reason: 'ProxyUnavailable' } });
    for (const [index, delay] of delays.entries()) {
      const seconds = Math.min(30 * 2 ** index, 3600);
      expect(delay).toBeGreaterThanOrEqual(0.8 * seconds);
      expect(delay).toBeLessThanOrEqual(1.2 * seconds);
    }
  });

  test('waits as long as the server asks', async () => {
    const scene = failing();
    scene.end = () => {
      throw new QlikError({ ...FAILURE, kind: 'RateLimited', retryAfter: 30 * MINUTE });
    };
    expect(await scene.reconcile()).toBe(30 * MINUTE);
    scene.change({ interval: '10s', publishedIn: [] });
    expect(await scene.reconcile()).toBe(30 * MINUTE);
  });

  test('is an event once, until it passes or fails in another way', async () => {
    const scene = failing();
    const again = async () => vi.advanceTimersByTimeAsync((await scene.reconcile()) ?? 0);
    await again();
    await again();
    expect(scene.events.map(({ reason }) => reason)).toEqual(['AppSyncFailed']);
    scene.end = () => ({ kind: 'reduced', why: 'it sees fewer' });
    await again();
    scene.end = () => COMPLETE;
    await again();
    expect(scene.events.map(({ reason }) => reason)).toEqual(['AppSyncFailed', 'AppSyncFailed']);
  });

  test('by a fault of our own is not the fault of the server', async () => {
    const scene = failing();
    scene.end = () => {
      throw new TypeError('x');
    };
    await expect(scene.reconcile()).rejects.toThrow('x');
    expect(scene.told).toEqual([]);
  });
});

test('an event tells what a sync has changed, and nothing of one that changed nothing', async () => {
  const scene = new Scene();
  scene.change({ annotations: { 'kpimailer.io/syncRequestedAt': 'a' } });
  await scene.reconcile();
  scene.change({ annotations: { 'kpimailer.io/syncRequestedAt': 'b' } });
  await scene.reconcile();
  expect(scene.events).toEqual([
    { type: 'Normal', reason: 'AppsChanged', action: 'Sync', note: '1 added, 0 changed, 0 removed' },
  ]);
});

describe('a sync that is superseded', () => {
  test('ends, and tells nothing', async () => {
    const scene = new Scene();
    const listing = Promise.withResolvers<ListingEnd>();
    scene.end = () => listing.promise;
    const result = scene.reconcile();
    await vi.advanceTimersByTimeAsync(10);
    scene.reconciler.supersede(KEY);
    listing.resolve(COMPLETE);
    expect(await result).toBeUndefined();
    expect([scene.told, scene.events]).toEqual([[], []]);
  });

  test('while its event is written leaves no series behind', async () => {
    const scene = new Scene();
    scene.onEvent = () => {
      scene.servers.delete(KEY);
      scene.reconciler.supersede(KEY);
      scene.metrics.forget({ namespace: 'kpi', name: 'finance' }, []);
    };
    await scene.reconciler.reconcile(KEY, never).catch(() => undefined);
    expect(await scene.metrics.render()).not.toContain('name="finance"');
  });
});
