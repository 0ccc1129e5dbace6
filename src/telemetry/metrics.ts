import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** A server as metrics name it. */
export interface ServerLabels {
  readonly namespace: string;
  readonly name: string;
}

export type CheckResult = 'passed' | 'failed' | 'notRun' | 'kept';

/** The operator's metrics behind the few calls that feed them. Texts from outside never become labels. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #duration: Histogram<'result'>;
  readonly #results: Counter<'check' | 'result'>;
  readonly #reconciles: Counter<'result'>;
  readonly #writes: Counter;
  readonly #status: Gauge<'namespace' | 'name' | 'check'>;
  readonly #ready: Gauge<'namespace' | 'name'>;
  readonly #lastCheck: Gauge<'namespace' | 'name'>;

  constructor() {
    const registers = [this.#registry];
    // By default it would wake the process a hundred times a second.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 200 });
    this.#duration = new Histogram({
      name: 'qlik_check_duration_seconds',
      help: 'Duration of a whole connection check, by whether all of it passed.',
      labelNames: ['result'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
      registers,
    });
    this.#results = new Counter({
      name: 'qlik_check_results_total',
      help: 'Results of the single checks.',
      labelNames: ['check', 'result'],
      registers,
    });
    this.#reconciles = new Counter({
      name: 'qlik_reconciles_total',
      help: 'Reconciles of QlikServers, by whether they came to an end or have to be tried again.',
      labelNames: ['result'],
      registers,
    });
    this.#writes = new Counter({
      name: 'qlik_status_writes_total',
      help: 'Statuses of QlikServers that were written.',
      registers,
    });
    this.#status = new Gauge({
      name: 'qlik_server_check',
      help: 'Last verdict of a check of a QlikServer: 1 True, 0 False, -1 Unknown.',
      labelNames: ['namespace', 'name', 'check'],
      registers,
    });
    this.#ready = new Gauge({
      name: 'qlik_server_ready',
      help: 'Ready of a QlikServer: 1 True, 0 False, -1 Unknown.',
      labelNames: ['namespace', 'name'],
      registers,
    });
    this.#lastCheck = new Gauge({
      name: 'qlik_server_last_check_timestamp_seconds',
      help: 'When a QlikServer was last checked, in seconds since the epoch.',
      labelNames: ['namespace', 'name'],
      registers,
    });
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

  /** Deletes every series of a server that is gone. */
  forget(server: ServerLabels, checks: Iterable<string>): void {
    this.#ready.remove({ ...server });
    this.#lastCheck.remove({ ...server });
    for (const check of checks) this.#status.remove({ ...server, check });
  }

  /** Deletes the series of all servers: another replica looks after them now. */
  forgetServers(): void {
    this.#ready.reset();
    this.#lastCheck.reset();
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
