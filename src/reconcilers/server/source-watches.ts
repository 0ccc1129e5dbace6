import { CREDENTIALS_LABEL } from '../../api/group.ts';
import type { SourceKind, SourceReference } from '../../connections/source.ts';
import { ReferenceIndex } from '../../kubernetes/index.ts';
import { splitKey, type Key, type KubernetesObject } from '../../kubernetes/object.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import { CONFIG_MAPS, SECRETS } from '../../kubernetes/resource.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';

interface Watch {
  readonly store: Store<KubernetesObject>;
  readonly reflector: Reflector<KubernetesObject>;
  /** Servers because of which it is open. */
  readonly users: Set<Key>;
  isSynced: boolean;
}

/** `listed`: seen for the first time as the watch opened, which need not mean that anything has changed. */
export type SourceChange = 'listed' | 'changed';

export interface SourceWatchesOptions {
  readonly rest: RestClient;
  /** A Secret or ConfigMap that these servers refer to was seen, in a new version or for the first time. */
  readonly onChange: (servers: Iterable<Key>, change: SourceChange) => void;
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
    for (const kind of ['Secret', 'ConfigMap'] as const) {
      if (references.some((reference) => reference.kind === kind))
        this.#open(kind, namespace).users.add(server);
      else this.#leave(kind, namespace, server);
    }
  }

  /** Versions of all these sources together; `undefined` when they cannot be known yet. */
  versions(namespace: string, references: readonly SourceReference[]): string | undefined {
    const versions: string[] = [];
    for (const reference of references) {
      const watch = this.#watches.get(`${reference.kind}/${namespace}`);
      if (watch === undefined || !watch.isSynced) return undefined;
      const object = watch.store.get(`${namespace}/${reference.name}`);
      versions.push(`${reference.kind}/${reference.name}@${object?.metadata.resourceVersion ?? 'absent'}`);
    }
    return versions.join(' ');
  }

  /** Number of open watches. */
  get size(): number {
    return this.#watches.size;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.values()].map(({ reflector }) => reflector.stop()));
  }

  #open(kind: SourceKind, namespace: string): Watch {
    const id = `${kind}/${namespace}`;
    const known = this.#watches.get(id);
    if (known !== undefined) return known;
    const store = new Store<KubernetesObject>();
    const watch: Watch = {
      store,
      reflector: this.#reflector(kind, namespace, store),
      users: new Set(),
      isSynced: false,
    };
    store.onChange((_key, before, after) => {
      const name = (after ?? before)?.metadata.name ?? '';
      const change = watch.isSynced ? 'changed' : 'listed';
      this.#options.onChange(this.#index.referrers(sourceId(namespace, { kind, name })), change);
    });
    this.#watches.set(id, watch);
    void watch.reflector.synced.then(() => {
      watch.isSynced = true;
    });
    watch.reflector.start();
    return watch;
  }

  #reflector(
    kind: SourceKind,
    namespace: string,
    store: Store<KubernetesObject>,
  ): Reflector<KubernetesObject> {
    return new Reflector({
      rest: this.#options.rest,
      resource: kind === 'Secret' ? SECRETS : CONFIG_MAPS,
      store,
      namespace,
      metadataOnly: true,
      ...(kind === 'Secret' ? { labelSelector: `${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}` } : {}),
      slim: ({ metadata }) => ({
        metadata: {
          name: metadata.name,
          namespace,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
        },
      }),
      onError: (error) => this.#options.onError(`${kind}s in the namespace "${namespace}"`, error),
    });
  }

  #leave(kind: SourceKind, namespace: string, server: Key): void {
    const id = `${kind}/${namespace}`;
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    watch.users.delete(server);
    if (watch.users.size > 0) return;
    this.#watches.delete(id);
    void watch.reflector.stop();
  }
}

function sourceId(namespace: string, { kind, name }: SourceReference): string {
  return `${kind}/${namespace}/${name}`;
}
