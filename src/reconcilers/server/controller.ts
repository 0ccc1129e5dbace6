import { QLIK_SERVERS_CRD, REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import { MaterialMaker } from '../../connections/material.ts';
import { watchedReferencesOf } from '../../connections/references.ts';
import type { SourceReference } from '../../connections/source.ts';
import { hasCode } from '../../kubernetes/api-error.ts';
import { withoutManagedFields, type Key } from '../../kubernetes/object.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { clientOf, type Term } from '../../kubernetes/term.ts';
import type { ProxyFor } from '../../qlik/transport/http-proxy.ts';
import { targetPolicy, type TargetRules } from '../../qlik/transport/target-policy.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { AppReports } from '../apps/report.ts';
import { AppsWork } from '../apps/work.ts';
import { ConnectionTestWatches } from '../connectiontest/watches.ts';
import { ConnectionTestsWork } from '../connectiontest/work.ts';
import { ExecutionReports } from '../executions/report.ts';
import { ExecutionWatches } from '../executions/watches.ts';
import { ExecutionsWork } from '../executions/work.ts';
import { Bindings } from './bindings.ts';
import type { SecretsGrant } from './grant.ts';
import { Identities } from './identities.ts';
import { Materials } from './materials.ts';
import { SourceWatches, type SecretAccess, type SourceChange } from './source-watches.ts';
import { QLIK_SERVERS } from './status.ts';
import { ServerWork } from './work.ts';

const HEARTBEAT = 600_000;

export interface ServerControllerOptions extends TargetRules {
  readonly rest: RestClient;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Name of this replica in events. */
  readonly instance: string;
  readonly concurrency: number;
  readonly minCheckInterval: number;
  readonly appWriteQps: number;
  /** Where the ledgers of executions are: the namespace of the operator. */
  readonly ledgerNamespace: string;
  /** Milliseconds after which a status that has not changed is written all the same. @default 10 minutes */
  readonly heartbeat?: number;
  /** Namespaces whose QlikServers are looked after; none means all. */
  readonly watchNamespaces: readonly string[];
  /** Label selector of these QlikServers; empty selects all. */
  readonly watchLabelSelector: string;
  readonly secretAccess: SecretAccess;
  /** Unknown where no chart has made the rights. */
  readonly grant: SecretsGrant | undefined;
  readonly forbidInsecureTls: boolean;
  /** The proxies of servers that name none themselves. */
  readonly proxyFor: ProxyFor;
}

/**
 * Everything about QlikServers. What is watched is kept up to date in every replica, so that one that becomes the
 * leader starts at once; what is done about it is the `ServerWork` of a term.
 */
export class ServerController {
  readonly #options: ServerControllerOptions;
  readonly #servers = new Store<QlikServer>();
  readonly #reflectors: readonly Reflector<QlikServer>[];
  readonly #identities = new Identities(this.#servers);
  readonly #watches: SourceWatches;
  readonly #maker: MaterialMaker;
  #work: ServerWork | undefined;
  #appsWork: AppsWork | undefined;
  #executionsWork: ExecutionsWork | undefined;
  readonly #executionWatches: ExecutionWatches;
  readonly #testWatches: ConnectionTestWatches;
  #testsWork: ConnectionTestsWork | undefined;
  readonly #namespaces: readonly (string | undefined)[];
  #isSynced = false;

  constructor(options: ServerControllerOptions) {
    this.#options = options;
    const { rest, log, watchNamespaces, secretAccess, forbidInsecureTls, proxyFor } = options;
    this.#namespaces = watchNamespaces.length === 0 ? [undefined] : watchNamespaces;
    this.#reflectors = this.#namespaces.map((namespace) => this.#reflector(namespace));
    const onError = (what: string, error: unknown) =>
      log.warn({ why: messageOf(error) }, `watch of ${what} opened anew`);
    const watched = { rest, namespaces: this.#namespaces, onError };
    this.#executionWatches = new ExecutionWatches(watched);
    this.#testWatches = new ConnectionTestWatches({ ...watched, labelSelector: options.watchLabelSelector });
    this.#testWatches.tests.onChange((key) => this.#testsWork?.changed(key));
    this.#watches = new SourceWatches({
      rest,
      access: secretAccess,
      onChange: (keys, source, change) => this.#sourcesChanged(keys, source, change),
      onError,
    });
    this.#maker = new MaterialMaker({ policy: targetPolicy(options), forbidInsecureTls, proxyFor });
    this.#servers.onChange((key, before, after) => this.#serverChanged(key, before, after));
    this.#observe();
  }

  /** Resolves when all QlikServers have been read. */
  async start(): Promise<void> {
    for (const reflector of this.#reflectors) reflector.start();
    this.#executionWatches.start();
    this.#testWatches.start();
    await Promise.all(this.#reflectors.map(({ synced }) => synced));
    this.#isSynced = true;
    this.#options.log.info({ servers: this.#servers.size }, 'QlikServers read');
  }

  /** Does the work of a leader until the term ends. */
  async lead(term: Term): Promise<void> {
    const { heartbeat = HEARTBEAT, rest, secretAccess, grant } = this.#options;
    const sources = {
      rest: clientOf(term, rest),
      watches: this.#watches,
      rights: { access: secretAccess, grant },
    };
    const bindings = new Bindings(sources);
    const shared = {
      ...this.#options,
      servers: this.#servers,
      materials: new Materials({ ...sources, bindings, maker: this.#maker }),
    };
    const apps = new AppReports();
    const executions = new ExecutionReports();
    const work = new ServerWork(term, {
      ...shared,
      heartbeat,
      bindings,
      apps,
      executions,
      identities: this.#identities,
    });
    const onReport = (key: Key) => work.enqueue(key);
    const appsWork = new AppsWork(term, {
      ...shared,
      reports: apps,
      identities: this.#identities,
      onReport,
    });
    const executionsWork = new ExecutionsWork(term, {
      ...shared,
      watches: this.#executionWatches,
      namespaces: this.#namespaces,
      reports: executions,
      onReport,
    });
    const testsWork = new ConnectionTestsWork(term, {
      ...shared,
      tests: this.#testWatches.tests,
      maker: this.#maker,
      rights: sources.rights,
    });
    this.#work = work;
    this.#testsWork = testsWork;
    this.#appsWork = appsWork;
    this.#executionsWork = executionsWork;
    try {
      await Promise.all([work.run(), appsWork.run(), executionsWork.run(), testsWork.run()]);
    } finally {
      this.#work = this.#appsWork = this.#executionsWork = this.#testsWork = undefined;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
    const watches = [this.#watches, this.#executionWatches, this.#testWatches];
    await Promise.all(watches.map((each) => each.stop()));
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Milliseconds without a sign of the API server, of the watch that is worst off. */
  get watchSilence(): number {
    return Math.max(
      this.#watches.silence,
      this.#executionWatches.silence,
      this.#testWatches.silence,
      ...this.#reflectors.map(({ silence }) => silence),
    );
  }

  /** Milliseconds by which the most overdue check or sync is late. */
  get scheduleLag(): number {
    return Math.max(this.#work?.scheduleLag ?? 0, this.#appsWork?.scheduleLag ?? 0);
  }

  #reflector(namespace: string | undefined): Reflector<QlikServer> {
    const { rest, log, watchLabelSelector } = this.#options;
    const what = namespace === undefined ? 'QlikServers' : `QlikServers in the namespace "${namespace}"`;
    return new Reflector({
      rest,
      resource: QLIK_SERVERS,
      store: this.#servers,
      ...(namespace === undefined ? {} : { namespace }),
      ...(watchLabelSelector === '' ? {} : { labelSelector: watchLabelSelector }),
      slim: withoutManagedFields,
      onError: (error) => {
        const why = hasCode(error, 404)
          ? `the CustomResourceDefinition ${QLIK_SERVERS_CRD} is not installed; apply crds/ or install the chart`
          : messageOf(error);
        log.warn({ why }, `watch of ${what} opened anew`);
      },
    });
  }

  #serverChanged(key: Key, before: QlikServer | undefined, after: QlikServer | undefined): void {
    this.#appsWork?.changed(key, before, after);
    this.#executionsWork?.changed(key, before, after);
    if (before !== undefined && after !== undefined && !matters(before, after)) return;
    this.#watches.track(key, after === undefined ? [] : watchedReferencesOf(after.spec));
    const superseded = before !== undefined && (after === undefined || isOtherConnection(before, after));
    this.#enqueue(key, { superseded });
  }

  #sourcesChanged(keys: Iterable<Key>, source: SourceReference, change: SourceChange): void {
    for (const key of keys) {
      const { spec } = this.#servers.get(key) ?? {};
      // What the operator writes itself makes no connection another one.
      const isBinding = source.kind === 'Secret' && source.name === spec?.binding?.secretName;
      this.#enqueue(key, { superseded: change === 'changed' && !isBinding });
    }
  }

  /** `superseded`: what runs for this server is about something that is no longer so. */
  #enqueue(key: Key, { superseded }: { superseded: boolean }): void {
    this.#work?.enqueue(key, { superseded, urgent: true });
    if (superseded) this.#appsWork?.supersede(key);
  }

  #observe(): void {
    const { metrics } = this.#options;
    metrics.observe('qlik_servers', 'QlikServers known.', () => this.#servers.size);
    metrics.observe(
      'qlik_queue_length',
      'QlikServers that wait for a worker or for their turn.',
      () => this.#work?.queueLength ?? 0,
    );
    metrics.observe(
      'qlik_app_sync_queue_length',
      'QlikServers whose apps wait to be synced.',
      () => this.#appsWork?.queueLength ?? 0,
    );
    metrics.observe(
      'qlik_schedule_lag_seconds',
      'By how much the most overdue check or sync is late.',
      () => this.scheduleLag / 1000,
    );
    metrics.observe(
      'qlik_watch_silence_seconds',
      'Seconds since the API server sent anything, of the watch that is worst off.',
      () => this.watchSilence / 1000,
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
