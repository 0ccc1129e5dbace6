import type { QlikExecution } from '../../src/api/qlikexecution.ts';
import type { LedgerRecord, QlikExecutionLedger } from '../../src/api/qlikexecutionledger.ts';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import type { Result } from '../../src/controller/loop.ts';
import { EventRecorder } from '../../src/kubernetes/events.ts';
import { keyOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { objectPath, type Resource } from '../../src/kubernetes/resource.ts';
import { Store } from '../../src/kubernetes/store.ts';
import { gateOf, type AssembledGate } from '../../src/reconcilers/executions/assembly.ts';
import { JOBS, slimJob, type Job } from '../../src/reconcilers/executions/job.ts';
import type { PriorityClass } from '../../src/reconcilers/executions/priorities.ts';
import { ExecutionReports } from '../../src/reconcilers/executions/report.ts';
import { QLIK_EXECUTIONS } from '../../src/reconcilers/executions/writes.ts';
import { QLIK_SERVERS, readServer } from '../../src/reconcilers/server/status.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { exampleServer, NOON } from '../integration/server/examples.ts';
import { exampleLedger, LEDGERS } from './execution-examples.ts';
import { ObjectApi } from './object-api.ts';
import type { Json } from './merge-patch.ts';

export const KEY = 'kpi/finance';
export const LEDGER_PATH = objectPath(LEDGERS, { namespace: 'qlik-operator', name: 'kpi.finance' });

/** Milliseconds after which the gate goes on when somebody else keeps changing the same. */
const BREATHER = 100;

interface World {
  /** Shared by several operators. @default one of its own */
  readonly api?: ObjectApi;
  readonly spec?: Json;
  /** @default ready and empty */
  readonly ledger?: QlikExecutionLedger | 'none';
}

/** The gate of one operator for the QlikServer kpi/finance, which is connected; its caches are as `sync` has found all. */
export class ExampleGate {
  readonly api: ObjectApi;
  readonly servers = new Store<QlikServer>();
  readonly jobs = new Store<Job>();
  readonly executions = new Store<QlikExecution>();
  readonly priorityClasses = new Store<PriorityClass>();
  readonly metrics = new Metrics();
  readonly reports = new ExecutionReports();
  /** Milliseconds since the epoch. */
  wallClock = NOON;
  /** Milliseconds of the clock that is never set. */
  clock = 0;
  readonly #assembled: AssembledGate;
  #ledgers: Promise<unknown> | undefined;

  constructor({ api, spec, ledger }: World = {}) {
    this.api = api ?? new ObjectApi();
    const { client } = this.api;
    if (api === undefined) this.#populate(spec, ledger);
    this.#assembled = gateOf({
      rest: client,
      servers: this.servers,
      jobs: this.jobs,
      executions: this.executions,
      priorityClasses: this.priorityClasses,
      namespaces: [undefined],
      ledgerNamespace: 'qlik-operator',
      readServer: (key) => readServer(client, key),
      events: new EventRecorder(client, 'operator-0'),
      metrics: this.metrics,
      reports: this.reports,
      onReport: () => {},
      onDemand: () => {},
      clock: () => this.clock,
      wallClock: () => this.wallClock,
    });
    this.sync();
    this.#assembled.attach();
  }

  #populate(spec: Json | undefined, ledger: World['ledger']): void {
    const connected = { type: 'Connected', status: 'True' };
    const status = { observedGeneration: 1, conditions: [connected] } as unknown as QlikServer['status'];
    const server = this.api.add(QLIK_SERVERS, exampleServer(spec, { status: status! }));
    if (ledger === 'none') return;
    const { uid, generation } = server.metadata;
    const limit = server.spec.maxParallelExecutions;
    this.api.add(LEDGERS, ledger ?? exampleLedger([], { limit, server: { uid, generation } }));
  }

  add(...jobs: readonly Job[]): void {
    for (const job of jobs) this.api.add(JOBS, job);
    this.sync();
  }

  addExecutions(...executions: readonly QlikExecution[]): void {
    for (const execution of executions) this.api.add(QLIK_EXECUTIONS, execution);
    this.sync();
  }

  /** The caches learn of everything. */
  sync(): void {
    refill(this.servers, this.#all(QLIK_SERVERS));
    refill(this.jobs, (this.#all(JOBS) as unknown as Job[]).map(slimJob));
    refill(this.executions, this.#all(QLIK_EXECUTIONS));
  }

  #all<T>(resource: Resource): T[] {
    return this.api.all(resource) as T[];
  }

  async reconcile(): Promise<Result> {
    // As at the beginning of a term.
    this.#ledgers ??= this.#assembled.ledgers.list();
    await this.#ledgers;
    return this.#assembled.gate.reconcile(KEY);
  }

  /** Reconciles, with caches that know all, for as long as it wants to go on at once, or after a breather. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      this.sync();
      const result = await this.reconcile();
      const left = result.kind === 'settled' ? Number.POSITIVE_INFINITY : result.at - this.wallClock;
      if (left > 0 && left !== BREATHER) return;
      this.pass(Math.max(0, left));
    }
    throw new Error(`It does not come to rest: ${this.api.log.slice(-20).join(', ')}`);
  }

  pass(ms: number): void {
    this.wallClock += ms;
    this.clock += ms;
  }

  get ledger(): LedgerRecord | undefined {
    return (this.api.get(LEDGER_PATH) as QlikExecutionLedger | undefined)?.ledger;
  }

  /** Names of those who have entries, in alphabetical order. */
  get holders(): string[] {
    return (this.ledger?.entries ?? []).map(({ name }) => name).toSorted();
  }

  /** A Job as it is now. */
  job(name: string, namespace = 'kpi'): Job {
    return this.api.get(objectPath(JOBS, { namespace, name })) as Job;
  }

  execution(name: string): QlikExecution {
    return this.api.get(objectPath(QLIK_EXECUTIONS, { namespace: 'kpi', name })) as QlikExecution;
  }

  /** Names of the Jobs that may run, in alphabetical order. */
  get started(): string[] {
    const jobs = this.#all<Job>(JOBS).filter(({ spec }) => spec.suspend === false);
    return jobs.map(({ metadata }) => metadata.name).toSorted();
  }
}

function refill<T extends KubernetesObject>(store: Store<T>, objects: readonly T[]): void {
  for (const object of objects) store.set(object);
  store.retain(new Set(objects.map(keyOf)));
}
