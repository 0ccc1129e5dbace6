import { REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import { MaterialMaker } from '../../connections/material.ts';
import { referencesOf } from '../../connections/references.ts';
import { Loop } from '../../controller/loop.ts';
import { Pace } from '../../controller/pace.ts';
import { WorkQueue } from '../../controller/queue.ts';
import { Schedule } from '../../controller/schedule.ts';
import { EventRecorder } from '../../kubernetes/events.ts';
import type { Key } from '../../kubernetes/object.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { targetPolicy, type TargetRules } from '../../qlik/transport/target-policy.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { Materials } from './materials.ts';
import { ServerReconciler } from './reconcile.ts';
import { SourceWatches, type SourceChange } from './source-watches.ts';
import { QLIK_SERVERS, StatusWriter } from './status.ts';

/** Checks per second that may start outside the rhythm of their server. */
const STARTS_PER_SECOND = 10;

export interface ServerControllerOptions extends TargetRules {
  readonly rest: RestClient;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly instance: string;
  readonly concurrency: number;
  readonly minCheckInterval: number;
}

/** Everything about QlikServers: watch → queue of keys → reconcile. */
export class ServerController {
  readonly #log: Log;
  readonly #servers = new Store<QlikServer>();
  readonly #queue = new WorkQueue();
  readonly #schedule = new Schedule((key) => this.#queue.add(key));
  readonly #reflector: Reflector<QlikServer>;
  readonly #watches: SourceWatches;
  readonly #reconciler: ServerReconciler;
  readonly #loop: Loop;
  #isSynced = false;

  constructor({
    rest,
    log,
    metrics,
    instance,
    concurrency,
    minCheckInterval,
    ...targets
  }: ServerControllerOptions) {
    this.#log = log;
    this.#reflector = new Reflector({
      rest,
      resource: QLIK_SERVERS,
      store: this.#servers,
      slim: withoutManagedFields,
      onError: (error) => log.warn({ why: messageOf(error) }, 'watch of QlikServers opened anew'),
    });
    this.#watches = new SourceWatches({
      rest,
      onChange: (keys, change) => this.#sourcesChanged(keys, change),
      onError: (what, error) => log.warn({ why: messageOf(error) }, `watch of ${what} opened anew`),
    });
    this.#reconciler = new ServerReconciler({
      servers: this.#servers,
      materials: new Materials(rest, this.#watches, new MaterialMaker(targetPolicy(targets))),
      status: new StatusWriter(rest, this.#servers),
      events: new EventRecorder(rest, instance),
      metrics,
      log,
      pace: new Pace(STARTS_PER_SECOND),
      minCheckInterval,
    });
    this.#loop = new Loop({
      queue: this.#queue,
      schedule: this.#schedule,
      workers: concurrency,
      reconcile: (key, signal) => this.#reconciler.reconcile(key, signal),
      onError: (key, error) => log.error({ key, error }, 'reconcile failed; it is tried again'),
    });
    this.#servers.onChange((key, before, after) => this.#serverChanged(key, before, after));
    this.#observe(metrics);
  }

  async start(): Promise<void> {
    this.#reflector.start();
    await this.#reflector.synced;
    this.#isSynced = true;
    this.#log.info({ servers: this.#servers.size }, 'QlikServers read');
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#reflector.stop();
    await this.#loop.stop();
    await this.#watches.stop();
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Milliseconds without a sign of the API server. */
  get watchSilence(): number {
    return this.#reflector.silence;
  }

  /** Milliseconds by which the most overdue check is late. */
  get scheduleLag(): number {
    return this.#schedule.lag;
  }

  #serverChanged(key: Key, before: QlikServer | undefined, after: QlikServer | undefined): void {
    if (before !== undefined && after !== undefined && !matters(before, after)) return;
    this.#watches.track(key, after === undefined ? [] : referencesOf(after.spec));
    if (before !== undefined && (after === undefined || isOtherConnection(before, after)))
      this.#reconciler.supersede(key);
    this.#queue.add(key, { urgent: this.#isSynced });
  }

  #sourcesChanged(keys: Iterable<Key>, change: SourceChange): void {
    for (const key of keys) {
      if (change === 'changed') this.#reconciler.supersede(key);
      this.#queue.add(key, { urgent: this.#isSynced });
    }
  }

  #observe(metrics: Metrics): void {
    metrics.observe('qlik_servers', 'QlikServers known.', () => this.#servers.size);
    metrics.observe('qlik_queue_length', 'QlikServers that wait for a worker.', () => this.#queue.length);
    metrics.observe(
      'qlik_schedule_lag_seconds',
      'By how much the most overdue check is late.',
      () => this.#schedule.lag / 1000,
    );
    metrics.observe(
      'qlik_watch_silence_seconds',
      'Seconds since the API server sent anything about QlikServers.',
      () => this.#reflector.silence / 1000,
    );
    metrics.observe(
      'qlik_source_watches',
      'Open watches of Secrets and ConfigMaps.',
      () => this.#watches.size,
    );
  }
}

/** A watch ends for ordinary reasons: the person on call needs the reason, not a stack. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Our own status writes come back as changes; only what a user can change is one. */
function matters(before: QlikServer, after: QlikServer): boolean {
  return (
    before.metadata.uid !== after.metadata.uid ||
    before.metadata.generation !== after.metadata.generation ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp ||
    before.metadata.annotations?.[REQUESTED_AT_ANNOTATION] !==
      after.metadata.annotations?.[REQUESTED_AT_ANNOTATION]
  );
}

function isOtherConnection(before: QlikServer, after: QlikServer): boolean {
  if (before.metadata.uid !== after.metadata.uid || after.spec.suspend !== before.spec.suspend) return true;
  return (
    before.metadata.generation !== after.metadata.generation &&
    connectionFields(before.spec) !== connectionFields(after.spec)
  );
}

function withoutManagedFields(server: QlikServer): QlikServer {
  const { managedFields: _, ...metadata } = server.metadata as QlikServer['metadata'] & {
    managedFields?: unknown;
  };
  return { ...server, metadata };
}
