import { CREDENTIALS_LABEL } from '../../api/group.ts';
import type { SourceReference } from '../../connections/source.ts';
import { ReferenceIndex } from '../../kubernetes/index.ts';
import { splitKey, type Key, type KubernetesObject } from '../../kubernetes/object.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import { CONFIG_MAPS, SECRETS } from '../../kubernetes/resource.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { untilAborted } from '../../time/until-aborted.ts';

/**
 * What the operator may read: `namespace`, the labelled Secrets and the ConfigMaps of a namespace; `named`, only those
 * that its roles name one by one (`resourceNames`), each of which then needs a watch of its own.
 */
export const SECRET_ACCESS = ['namespace', 'named'] as const;
export type SecretAccess = (typeof SECRET_ACCESS)[number];

interface Watch {
  readonly store: Store<KubernetesObject>;
  readonly reflector: Reflector<KubernetesObject>;
  /** Servers because of which it is open. */
  readonly users: Set<Key>;
  isSynced: boolean;
  /** Resolves when it has brought everything, or has failed for the first time. */
  readonly opened: PromiseWithResolvers<void>;
}

/** `listed`: seen for the first time as the watch opened, which need not mean that anything has changed. */
export type SourceChange = 'listed' | 'changed';

export interface SourceWatchesOptions {
  readonly rest: RestClient;
  readonly access: SecretAccess;
  /** A Secret or ConfigMap that these servers refer to was seen, in a new version or for the first time. */
  readonly onChange: (servers: Iterable<Key>, source: SourceReference, change: SourceChange) => void;
  readonly onError: (what: string, error: unknown) => void;
}

/**
 * Watches of Secrets and ConfigMaps, for metadata only and only in namespaces with a QlikServer that refers to some:
 * opened with the first and closed with the last. Secrets only with the label that makes them credentials.
 */
export class SourceWatches {
  readonly #options: SourceWatchesOptions;
  readonly #index = new ReferenceIndex();
  readonly #watches = new Map<string, Watch>();
  /** Ids of the watches that each server needs. */
  readonly #needs = new Map<Key, ReadonlySet<string>>();

  constructor(options: SourceWatchesOptions) {
    this.#options = options;
  }

  /** States what a server refers to; nothing when it is gone. */
  track(server: Key, references: readonly SourceReference[]): void {
    const { namespace } = splitKey(server);
    this.#index.set(
      server,
      references.map((reference) => sourceId(namespace, reference)),
    );
    const needs = new Map(references.map((reference) => [this.#watchId(namespace, reference), reference]));
    for (const [id, reference] of needs) this.#open(id, namespace, reference).users.add(server);
    for (const id of this.#needs.get(server) ?? []) if (!needs.has(id)) this.#leave(id, server);
    if (needs.size === 0) this.#needs.delete(server);
    else this.#needs.set(server, new Set(needs.keys()));
  }

  /** Resolves when it is known, or cannot be known for now, in which version these sources are. */
  async opened(
    namespace: string,
    references: readonly SourceReference[],
    signal: AbortSignal,
  ): Promise<void> {
    const opened = references.flatMap((reference) => {
      const watch = this.#watches.get(this.#watchId(namespace, reference));
      return watch === undefined ? [] : [watch.opened.promise];
    });
    await untilAborted(Promise.all(opened), signal);
  }

  /** Whether a watch has brought this source: a Secret then has the label. */
  has(namespace: string, reference: SourceReference): boolean {
    const watch = this.#watches.get(this.#watchId(namespace, reference));
    return watch?.store.get(`${namespace}/${reference.name}`) !== undefined;
  }

  /** Versions of all these sources together; `undefined` when they cannot be known yet. */
  versions(namespace: string, references: readonly SourceReference[]): string | undefined {
    const versions: string[] = [];
    for (const reference of references) {
      const version = this.version(namespace, reference);
      if (version === undefined) return undefined;
      versions.push(`${reference.kind}/${reference.name}@${version}`);
    }
    return versions.join(' ');
  }

  /** Resource version of a source, or `absent`; `undefined` when it cannot be known yet. */
  version(namespace: string, reference: SourceReference): string | undefined {
    const watch = this.#watches.get(this.#watchId(namespace, reference));
    if (watch === undefined || !watch.isSynced) return undefined;
    return watch.store.get(`${namespace}/${reference.name}`)?.metadata.resourceVersion ?? 'absent';
  }

  /** Number of open watches. */
  get size(): number {
    return this.#watches.size;
  }

  /** Milliseconds without a sign of the API server, of the watch that is worst off; 0 when none is open. */
  get silence(): number {
    let longest = 0;
    for (const { reflector } of this.#watches.values()) longest = Math.max(longest, reflector.silence);
    return longest;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.values()].map(({ reflector }) => reflector.stop()));
  }

  #watchId(namespace: string, reference: SourceReference): string {
    return this.#options.access === 'named'
      ? sourceId(namespace, reference)
      : `${reference.kind}/${namespace}`;
  }

  #open(id: string, namespace: string, reference: SourceReference): Watch {
    const known = this.#watches.get(id);
    if (known !== undefined) return known;
    const { kind } = reference;
    const store = new Store<KubernetesObject>();
    const opened = Promise.withResolvers<void>();
    const watch: Watch = {
      store,
      reflector: this.#reflector(namespace, reference, { store, failed: opened.resolve }),
      users: new Set(),
      isSynced: false,
      opened,
    };
    store.onChange((_key, before, after) => {
      const name = (after ?? before)?.metadata.name ?? '';
      const change = watch.isSynced ? 'changed' : 'listed';
      const source = { kind, name };
      this.#options.onChange(this.#index.referrers(sourceId(namespace, source)), source, change);
    });
    this.#watches.set(id, watch);
    void watch.reflector.synced.then(() => {
      watch.isSynced = true;
      opened.resolve();
    });
    watch.reflector.start();
    return watch;
  }

  #reflector(
    namespace: string,
    { kind, name }: SourceReference,
    { store, failed }: { readonly store: Store<KubernetesObject>; readonly failed: () => void },
  ): Reflector<KubernetesObject> {
    const { rest, access, onError } = this.#options;
    const isNamed = access === 'named';
    const what = isNamed ? `the ${kind} "${name}"` : `${kind}s`;
    return new Reflector({
      rest,
      resource: kind === 'Secret' ? SECRETS : CONFIG_MAPS,
      store,
      namespace,
      metadataOnly: true,
      ...(kind === 'Secret' ? { labelSelector: `${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}` } : {}),
      ...(isNamed ? { fieldSelector: `metadata.name=${name}` } : {}),
      slim: ({ metadata }) => ({
        metadata: {
          name: metadata.name,
          namespace,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
        },
      }),
      onError: (error) => {
        failed();
        onError(`${what} in the namespace "${namespace}"`, error);
      },
    });
  }

  #leave(id: string, server: Key): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    watch.users.delete(server);
    if (watch.users.size > 0) return;
    this.#watches.delete(id);
    watch.opened.resolve();
    void watch.reflector.stop();
  }
}

function sourceId(namespace: string, { kind, name }: Pick<SourceReference, 'kind' | 'name'>): string {
  return `${kind}/${namespace}/${name}`;
}
