import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { QlikServer, QlikServerStatus } from '../../../src/api/qlikserver.ts';
import type { Material } from '../../../src/connections/material.ts';
import { Loop } from '../../../src/controller/loop.ts';
import { Pace } from '../../../src/controller/pace.ts';
import { WorkQueue } from '../../../src/controller/queue.ts';
import { Schedule } from '../../../src/controller/schedule.ts';
import type { EventRecorder, Happening } from '../../../src/kubernetes/events.ts';
import { Store } from '../../../src/kubernetes/store.ts';
import type { CheckReport } from '../../../src/qlik/connector.ts';
import { AppReports } from '../../../src/reconcilers/apps/report.ts';
import { ExecutionReports } from '../../../src/reconcilers/executions/report.ts';
import { Identities } from '../../../src/reconcilers/server/identities.ts';
import { Bindings } from '../../../src/reconcilers/server/bindings.ts';
import type { Materials } from '../../../src/reconcilers/server/materials.ts';
import { ServerReconciler } from '../../../src/reconcilers/server/reconcile.ts';
import type { StatusWriter } from '../../../src/reconcilers/server/status.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';
import {
  exampleConnection,
  exampleMaterial,
  exampleReport,
  exampleServer,
  MINUTE,
  NOON,
  SECOND,
} from './examples.ts';

const HOUR = 60 * MINUTE;
/** As in the controller. */
const HEARTBEAT = 10 * MINUTE;
const KEY = 'kpi/finance';

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What one server gives people and the API server to read. */
class Operator implements AsyncDisposable {
  readonly lines: { readonly level: number; readonly msg: string }[] = [];
  readonly events: string[] = [];
  readonly statuses: QlikServerStatus[] = [];
  checks = 0;
  /** What the server says at its n-th check. */
  answer: (check: number) => CheckReport = () => exampleReport();
  readonly #servers = new Store<QlikServer>();
  readonly #queue = new WorkQueue();
  readonly #loop: Loop;

  constructor(spec: Parameters<typeof exampleServer>[0] = {}) {
    const log = pino({ level: 'info', base: null }, { write: (line: string) => this.#logged(line) });
    const connection = exampleConnection((): Promise<CheckReport> => {
      const report = this.answer(this.checks);
      this.checks += 1;
      return Promise.resolve(report);
    });
    const material: Material = { ...exampleMaterial(), connection };
    const reconciler = new ServerReconciler({
      servers: this.#servers,
      materials: stub<Materials>({
        of: () => Promise.resolve(material),
        ofBinding: () => Promise.resolve(undefined),
        forget: () => undefined,
      }),
      bindings: new Bindings(stub({})),
      apps: new AppReports(),
      executions: new ExecutionReports(),
      identities: new Identities(this.#servers),
      status: stub<StatusWriter>({
        write: (server, status) => {
          this.#written(server, status);
          return Promise.resolve('written');
        },
      }),
      events: stub<EventRecorder>({
        record: (_server, { type, reason }: Happening) => {
          this.events.push(`${type} ${reason}`);
          return Promise.resolve();
        },
      }),
      metrics: new Metrics(),
      log,
      pace: new Pace(10, (key) => this.#queue.add(key)),
      minCheckInterval: 10 * SECOND,
      heartbeat: HEARTBEAT,
    });
    this.#loop = new Loop({
      queue: this.#queue,
      schedule: new Schedule((key) => this.#queue.add(key)),
      workers: 4,
      reconcile: (key, signal, release) => reconciler.reconcile(key, signal, release),
      onError: (key, error) => log.error({ key, error }, 'reconcile failed'),
    });
    this.#servers.set(exampleServer(spec));
    this.#queue.add(KEY);
    this.#loop.start();
  }

  /** Counts from here on. */
  forget(): void {
    this.checks = 0;
    for (const told of [this.lines, this.events, this.statuses]) told.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop.stop();
  }

  #logged(line: string): void {
    this.lines.push(JSON.parse(line) as { level: number; msg: string });
  }

  #written(server: QlikServer, status: QlikServerStatus): void {
    this.statuses.push(status);
    const resourceVersion = `${Number(server.metadata.resourceVersion) + 1}`;
    this.#servers.update({ ...server, metadata: { ...server.metadata, resourceVersion }, status });
  }
}

/** Something of which only this is used. */
function stub<T>(used: Partial<T>): T {
  return used as T;
}

const REFUSED = exampleReport('ServerReachable', 'ConnectionRefused');
const SILENT = exampleReport('ServerReachable', 'ConnectTimeout');
const UNTRUSTED = exampleReport('ServerReachable', 'UnknownCA');

/** How many statuses differ from the one before in a condition, and not only in times. */
function transitions(statuses: readonly QlikServerStatus[]): number {
  const told = statuses.map(({ conditions }) => JSON.stringify(conditions));
  return told.filter((conditions, index) => conditions !== told[index - 1]).length;
}

test.each([
  {
    what: 'refuses all the while',
    answer: () => REFUSED,
    events: ['Warning ConnectionLost'],
    // A check begins to fail; the connection is lost.
    writes: 2,
  },
  {
    what: 'needs a human',
    answer: () => UNTRUSTED,
    events: ['Warning ConnectionLost', 'Warning NeedsAttention'],
    writes: 2,
  },
  {
    what: 'fails now so, now otherwise',
    answer: (check: number) => (check % 2 === 0 ? REFUSED : SILENT),
    events: ['Warning ConnectionLost'],
    // Each of them says something new. Retries have become as rare as the rhythm by then.
    writes: 16,
  },
  {
    what: 'passes every third time',
    answer: (check: number) => (check % 3 === 2 ? exampleReport() : REFUSED),
    events: [],
    // Never lost: it begins to fail, and is back.
    writes: 26,
  },
  {
    what: 'is lost and found again and again',
    answer: (check: number) => (check % 4 === 3 ? exampleReport() : REFUSED),
    // Twelve times; the checks are five minutes and three retries apart.
    events: Array.from({ length: 12 }, () => ['Warning ConnectionLost', 'Normal Recovered']).flat(),
    writes: 36,
  },
])('an hour in which a server $what is short to read', async ({ answer, events, writes }) => {
  await using operator = new Operator();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(operator.events).toEqual(['Normal Connected']);
  operator.forget();
  operator.answer = answer;
  await vi.advanceTimersByTimeAsync(HOUR);

  console.log(
    `${operator.checks} checks, ${operator.lines.length} lines, ${operator.events.length} events, ` +
      `${operator.statuses.length} status writes, ${transitions(operator.statuses)} with other conditions`,
  );
  expect(operator.checks).toBeGreaterThan(HOUR / (5 * MINUTE) - 1);
  // One line with each event: at most 40, of which a person reads the whole hour.
  expect(operator.lines.length).toBeLessThanOrEqual(40);
  expect(operator.lines).toHaveLength(operator.events.length);
  expect(operator.events).toEqual(events);
  expect(transitions(operator.statuses)).toBeLessThanOrEqual(writes);
  expect(operator.statuses.length).toBeLessThanOrEqual(writes + HOUR / HEARTBEAT);
});
