import type { QlikExecution } from '../../src/api/qlikexecution.ts';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import { SERVER_LABEL } from '../../src/api/group.ts';
import type { EventRecorder } from '../../src/kubernetes/events.ts';
import { keyOf, type Key, type KubernetesObject } from '../../src/kubernetes/object.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { Store } from '../../src/kubernetes/store.ts';
import { gateOf } from '../../src/reconcilers/executions/assembly.ts';
import { JOBS, slimJob, type Job } from '../../src/reconcilers/executions/job.ts';
import { PRIORITY_CLASSES, type PriorityClass } from '../../src/reconcilers/executions/priorities.ts';
import { ExecutionReports } from '../../src/reconcilers/executions/report.ts';
import { QLIK_EXECUTIONS } from '../../src/reconcilers/executions/writes.ts';
import { readServer } from '../../src/reconcilers/server/status.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { type Actor, earliest } from '../simulated-api/actor.ts';
import { LaggingFeed } from '../simulated-api/lagging-feed.ts';
import { QLIK_SERVERS } from '../simulated-api/resources.ts';
import { ReconcileLoop } from './reconcile-loop.ts';
import { Wire, type WireOptions } from './wire.ts';

export const LEDGER_NAMESPACE = 'qlik-operator';

export interface OperatorOptions extends WireOptions {
  /** A reconcile has failed; it is tried again. */
  readonly onError: (error: unknown) => void;
  /** Something of the process has run: what it does next is still to come. */
  readonly onWake: () => void;
}

/** A process of the operator: the real gate, on caches that are late and a wire that loses things. */
export class Operator implements Actor {
  readonly wire: Wire;
  readonly jobs = new Store<Job>();
  readonly #options: OperatorOptions;
  readonly #loop: ReconcileLoop;
  readonly #sources: readonly Actor[];
  readonly #feeds: LaggingFeed[] = [];
  readonly #firstSeen = new Map<string, number>();
  /** The reconcile that a request was sent in; it may take effect much later. */
  readonly #sentIn = new WeakMap<ApiRequest, number>();
  #turn = 0;
  #frozenUntil = 0;
  #isDead = false;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.wire = new Wire(options);
    const servers = this.#cached<QlikServer>(QLIK_SERVERS, new Store());
    const { gate, ledgers, attach } = gateOf({
      rest: {
        request: (request) => {
          this.#sentIn.set(request, this.#turn);
          return this.wire.request(request);
        },
      },
      servers,
      jobs: this.#cached(JOBS, this.jobs, { slim: slimJob, isListed: isLabelled }),
      executions: this.#cached<QlikExecution>(QLIK_EXECUTIONS, new Store()),
      priorityClasses: this.#cached<PriorityClass>(PRIORITY_CLASSES, new Store()),
      namespaces: [undefined],
      ledgerNamespace: LEDGER_NAMESPACE,
      readServer: (key) => readServer(this.wire, key),
      events: NO_EVENTS,
      metrics: NO_METRICS,
      reports: new ExecutionReports(options.now),
      onReport: () => {},
      onDemand: (key) => this.#loop.add(key),
      clock: options.now,
      wallClock: options.now,
    });
    this.#loop = new ReconcileLoop({
      now: options.now,
      reconcile: (key) => {
        this.#turn += 1;
        return gate.reconcile(key);
      },
      onError: options.onError,
    });
    this.#sources = [this.wire.inbound, this.#loop, ...this.#feeds];
    this.jobs.onChange((_key, _before, after) => {
      if (after !== undefined && !this.#firstSeen.has(after.metadata.uid))
        this.#firstSeen.set(after.metadata.uid, this.#turn);
    });
    attach();
    servers.onChange((key) => this.#loop.add(key));
    for (const key of servers.keys()) this.#loop.add(key);
    const addAll = (keys: readonly Key[]) => keys.forEach((key) => this.#loop.add(key));
    ledgers.list().then(addAll, options.onError);
  }

  /** Whether it had a Job in its cache before the reconcile in which it has sent a request. */
  hadSeen(uid: string, request: ApiRequest): boolean {
    return (this.#firstSeen.get(uid) ?? 0) < (this.#sentIn.get(request) ?? 0);
  }

  /** The process is stopped, and goes on then as if nothing had been. */
  freeze(until: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, until);
  }

  kill(): void {
    this.#isDead = true;
    this.wire.cut();
    for (const feed of this.#feeds) feed.stop();
  }

  get nextAt(): number | undefined {
    const next = this.#next();
    return next?.nextAt === undefined ? undefined : Math.max(next.nextAt, this.#frozenUntil);
  }

  runNext(): void {
    this.#next()?.runNext();
    this.#options.onWake();
  }

  #next(): Actor | undefined {
    return this.#isDead ? undefined : earliest(this.#sources);
  }

  /** Filled with what there is now, and kept by a watch that is late. */
  #cached<T extends KubernetesObject>(
    resource: Resource,
    store: Store<T>,
    { slim = (object) => object, isListed = () => true }: Cached<T> = {},
  ): Store<T> {
    const { server, now, weather } = this.#options;
    const take = (object: T) => {
      if (isListed(object)) store.set(slim(object));
      else store.delete(keyOf(object));
    };
    for (const object of server.objects(resource)) take(object as unknown as T);
    const feed = new LaggingFeed({
      server,
      resource,
      now,
      lag: () => weather.lag(resource === QLIK_SERVERS),
      deliver: ({ type, object }) => {
        if (type === 'DELETED') store.delete(keyOf(object));
        else take(object as unknown as T);
      },
    });
    this.#feeds.push(feed);
    return store;
  }
}

interface Cached<T> {
  readonly slim?: (object: T) => T;
  /** Whether the selector of the watch finds it. */
  readonly isListed?: (object: T) => boolean;
}

function isLabelled({ metadata }: Job): boolean {
  return metadata.labels?.[SERVER_LABEL] !== undefined;
}

/** Nobody reads them here. */
const NO_EVENTS = { record: () => Promise.resolve() } as unknown as EventRecorder;
const NO_METRICS = {
  executionAdmitted: () => {},
  executionsBypassed: () => {},
  executionsOvershot: () => {},
  executions: () => {},
  forgetExecutions: () => {},
} as unknown as Metrics;
