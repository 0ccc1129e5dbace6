import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** A server as metrics name it. */
export interface ServerLabels {
  readonly namespace: string;
  readonly name: string;
}

export type CheckResult = 'passed' | 'failed' | 'notRun' | 'kept';

/** What a sync of apps did. */
export interface SyncedApps {
  readonly complete: boolean;
  readonly apps: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** The operator's metrics behind the few calls that feed them. Texts from outside never become labels. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registers = [this.#registry];
  readonly #duration = new Histogram({
    name: 'qlik_check_duration_seconds',
    help: 'Duration of a whole connection check, by whether all of it passed.',
    labelNames: ['result'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    registers: this.#registers,
  });
  readonly #results = new Counter({
    name: 'qlik_check_results_total',
    help: 'Results of the single checks.',
    labelNames: ['check', 'result'],
    registers: this.#registers,
  });
  readonly #reconciles = new Counter({
    name: 'qlik_reconciles_total',
    help: 'Reconciles of QlikServers, by whether they came to an end or have to be tried again.',
    labelNames: ['result'],
    registers: this.#registers,
  });
  readonly #writes = new Counter({
    name: 'qlik_status_writes_total',
    help: 'Statuses of QlikServers that were written.',
    registers: this.#registers,
  });
  readonly #status = new Gauge({
    name: 'qlik_server_check',
    help: 'Last verdict of a check of a QlikServer: 1 True, 0 False, -1 Unknown.',
    labelNames: ['namespace', 'name', 'check'],
    registers: this.#registers,
  });
  readonly #ready = new Gauge({
    name: 'qlik_server_ready',
    help: 'Ready of a QlikServer: 1 True, 0 False, -1 Unknown.',
    labelNames: ['namespace', 'name'],
    registers: this.#registers,
  });
  readonly #lastCheck = new Gauge({
    name: 'qlik_server_last_check_timestamp_seconds',
    help: 'When a QlikServer was last checked, in seconds since the epoch.',
    labelNames: ['namespace', 'name'],
    registers: this.#registers,
  });
  readonly #certificateEnd = new Gauge({
    name: 'qlik_certificate_not_after_timestamp_seconds',
    help: 'When the client certificate of a QlikServer expires, in seconds since the epoch.',
    labelNames: ['namespace', 'name'],
    registers: this.#registers,
  });
  readonly #syncDuration = new Histogram({
    name: 'qlik_app_sync_duration_seconds',
    help: 'Duration of a sync of the apps of a QlikServer, by whether it was complete.',
    labelNames: ['result'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers: this.#registers,
  });
  readonly #appWrites = new Counter({
    name: 'qlik_app_writes_total',
    help: 'QlikApps that were added, changed or removed.',
    labelNames: ['operation'],
    registers: this.#registers,
  });
  readonly #apps = new Gauge({
    name: 'qlik_server_apps',
    help: 'QlikApps of a QlikServer.',
    labelNames: ['namespace', 'name'],
    registers: this.#registers,
  });
  readonly #lastSync = new Gauge({
    name: 'qlik_server_last_app_sync_timestamp_seconds',
    help: 'When the apps of a QlikServer were last synced completely, in seconds since the epoch.',
    labelNames: ['namespace', 'name'],
    registers: this.#registers,
  });
  readonly #executionWait = new Histogram({
    name: 'qlik_gate_wait_seconds',
    help: 'How long executions waited for their slots.',
    buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
    registers: this.#registers,
  });
  readonly #bypasses = new Counter({
    name: 'qlik_gate_bypass_total',
    help: 'Executions that were found running without having been admitted.',
    registers: this.#registers,
  });
  readonly #overshoots = new Counter({
    name: 'qlik_gate_overshoot_total',
    help: 'Admissions after which more was admitted than the limit allows; stays 0.',
    registers: this.#registers,
  });
  readonly #executions = new Gauge({
    name: 'qlik_server_executions',
    help: 'Slots of a QlikServer by state: limit, running (taken), and executions that are queued.',
    labelNames: ['namespace', 'name', 'state'],
    registers: this.#registers,
  });

  constructor() {
    // By default it would wake the process a hundred times a second.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 200 });
  }

  /** Somebody was given his slots, after so many seconds. */
  executionAdmitted(waited: number): void {
    this.#executionWait.observe(waited);
  }

  /** So many run without having asked. */
  executionsBypassed(count: number): void {
    this.#bypasses.inc(count);
  }

  /** More was admitted than the limit allows: a fault of our own. */
  executionsOvershot(): void {
    this.#overshoots.inc();
  }

  executions(
    { namespace, name }: ServerLabels,
    { limit, running, queued }: { limit: number; running: number; queued: number },
  ): void {
    for (const [state, count] of Object.entries({ limit, running, queued }))
      this.#executions.set({ namespace, name, state }, count);
  }

  /** Measures a number whenever the metrics are read. */
  observe(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect: () => gauge.set(read()),
    });
  }

  checked(server: ServerLabels, seconds: number, results: ReadonlyMap<string, CheckResult>): void {
    const bad = [...results.values()].some((result) => result === 'failed' || result === 'notRun');
    this.#duration.observe({ result: bad ? 'failed' : 'passed' }, seconds);
    for (const [check, result] of results) this.#results.inc({ check, result });
    this.#lastCheck.set({ ...server }, Date.now() / 1000);
  }

  /** A sync of apps came to its end. */
  synced(server: ServerLabels, seconds: number, sync: SyncedApps): void {
    this.#syncDuration.observe({ result: sync.complete ? 'complete' : 'incomplete' }, seconds);
    for (const operation of ['added', 'changed', 'removed'] as const)
      this.#appWrites.inc({ operation }, sync[operation]);
    this.#apps.set({ ...server }, sync.apps);
    if (sync.complete) this.#lastSync.set({ ...server }, Date.now() / 1000 - seconds);
  }

  /** A sync of apps that the server or the API server did not let come to its end. */
  syncFailed(seconds: number): void {
    this.#syncDuration.observe({ result: 'failed' }, seconds);
  }

  reconciled(result: 'success' | 'error'): void {
    this.#reconciles.inc({ result });
  }

  statusWritten(): void {
    this.#writes.inc();
  }

  verdicts(server: ServerLabels, ready: string, checks: ReadonlyMap<string, string>): void {
    this.#ready.set({ ...server }, numberOf(ready));
    for (const [check, status] of checks) this.#status.set({ ...server, check }, numberOf(status));
  }

  /** `undefined`: it has none, or none that can be read. */
  certificate({ namespace, name }: ServerLabels, notAfter: Date | undefined): void {
    if (notAfter === undefined) this.#certificateEnd.remove({ namespace, name });
    else this.#certificateEnd.set({ namespace, name }, notAfter.getTime() / 1000);
  }

  /** Deletes every series of a server that is gone. */
  forget(server: ServerLabels, checks: Iterable<string>): void {
    this.#ready.remove({ ...server });
    this.#lastCheck.remove({ ...server });
    this.certificate(server, undefined);
    this.#apps.remove({ ...server });
    this.#lastSync.remove({ ...server });
    this.forgetExecutions(server);
    for (const check of checks) this.#status.remove({ ...server, check });
  }

  /** The gate may have measured once more when all else of the server was forgotten already. */
  forgetExecutions(server: ServerLabels): void {
    for (const state of ['limit', 'running', 'queued']) this.#executions.remove({ ...server, state });
  }

  /** Deletes the series of all servers: another replica looks after them now. */
  forgetServers(): void {
    this.#ready.reset();
    this.#lastCheck.reset();
    this.#certificateEnd.reset();
    this.#apps.reset();
    this.#lastSync.reset();
    this.#executions.reset();
    this.#status.reset();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }
}

function numberOf(status: string): number {
  if (status === 'Unknown') return -1;
  return status === 'True' ? 1 : 0;
}
