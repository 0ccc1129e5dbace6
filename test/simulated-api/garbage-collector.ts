import { ApiError, hasCode } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { objectPath, objectPathClusterWide } from '../../src/kubernetes/resource.ts';
import { type Actor, type ActorOptions, earliest } from './actor.ts';
import { FINALIZERS } from './deletion.ts';
import { LaggingView } from './lagging-view.ts';
import type { ApiObject, OwnerReference } from './object.ts';
import { isOwnedBy } from './owner.ts';
import { apiVersionOf, type ApiResource } from './resource.ts';

/** kube-controller-manager's garbage collector: sees who owns what a while late, but asks again before it deletes. */
export class GarbageCollector implements Actor {
  readonly #options: ActorOptions;
  readonly #views: { readonly resource: ApiResource; readonly view: LaggingView<ApiObject> }[];
  readonly #feeds: readonly LaggingView<ApiObject>[];
  readonly #waiting = new Set<string>();

  constructor(options: ActorOptions) {
    this.#options = options;
    this.#views = options.server.resources.map((resource) => ({
      resource,
      view: new LaggingView<ApiObject>({ ...options, resource }, ({ metadata }) => {
        this.#waiting.add(metadata.uid);
        // An owner in foreground deletion waits for the last of what it owns.
        for (const { uid } of metadata.ownerReferences ?? []) this.#waiting.add(uid);
      }),
    }));
    this.#feeds = this.#views.map(({ view }) => view);
  }

  get nextAt(): number | undefined {
    return earliest(this.#feeds)?.nextAt;
  }

  runNext(): void {
    earliest(this.#feeds)?.showNext();
    for (const uid of this.#waiting) this.#process(uid);
    this.#waiting.clear();
  }

  #process(uid: string): void {
    const object = this.#seen().find(({ metadata }) => metadata.uid === uid);
    const dependents = this.#seen().filter((one) => isOwnedBy(one, uid));
    if (object === undefined) for (const dependent of dependents) this.#collect(dependent);
    else if (this.#isAwaited(object, 'Orphan')) this.#orphan(object, dependents);
    else if (this.#isAwaited(object, 'Foreground')) this.#deleteDependents(object, dependents);
    else this.#collect(object);
  }

  #seen(): ApiObject[] {
    return this.#views.flatMap(({ view }) => view.values());
  }

  #isAwaited({ metadata }: ApiObject, propagation: keyof typeof FINALIZERS): boolean {
    const isDeleted = metadata.deletionTimestamp !== undefined;
    return isDeleted && (metadata.finalizers?.includes(FINALIZERS[propagation]) ?? false);
  }

  #orphan(owner: ApiObject, dependents: readonly ApiObject[]): void {
    for (const dependent of dependents) {
      this.#change(dependent, ({ metadata }) => ({
        ownerReferences: metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid),
      }));
    }
    this.#finish(owner, 'Orphan');
  }

  #deleteDependents(owner: ApiObject, dependents: readonly ApiObject[]): void {
    const { uid } = owner.metadata;
    const blocking = dependents.filter(({ metadata }) =>
      metadata.ownerReferences?.some((one) => one.uid === uid && one.blockOwnerDeletion === true),
    );
    for (const dependent of blocking) this.#collect(dependent);
    if (blocking.length === 0) this.#finish(owner, 'Foreground');
  }

  #finish(owner: ApiObject, propagation: keyof typeof FINALIZERS): void {
    this.#change(owner, ({ metadata }) => ({
      finalizers: metadata.finalizers?.filter((name) => name !== FINALIZERS[propagation]),
    }));
  }

  /** Deletes what is owned by nobody any more, or only by those who wait for it to go. */
  #collect(object: ApiObject): void {
    const current = this.#current(object);
    if (current === undefined || current.metadata.deletionTimestamp !== undefined) return;
    const owners = current.metadata.ownerReferences ?? [];
    if (owners.length === 0 || owners.some((owner) => this.#holds(owner, current.metadata.namespace))) return;
    const { uid, resourceVersion } = current.metadata;
    this.#send(current, {
      method: 'DELETE',
      body: { propagationPolicy: 'Background', preconditions: { uid, resourceVersion } },
    });
  }

  #holds({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined): boolean {
    const owner = this.#current({ apiVersion, kind, metadata: { name, uid, namespace } } as ApiObject);
    return owner !== undefined && !this.#isAwaited(owner, 'Foreground');
  }

  #change(object: ApiObject, metadata: (current: ApiObject) => object): void {
    const current = this.#current(object);
    if (current === undefined) return;
    this.#send(current, { method: 'PATCH', body: { metadata: metadata(current) } });
  }

  /** The object as it is now, if it is still the same one. */
  #current(object: ApiObject): ApiObject | undefined {
    const current = this.#send(object, { method: 'GET' }) as ApiObject | undefined;
    return current?.metadata.uid === object.metadata.uid ? current : undefined;
  }

  /** Undefined where there is no such object. */
  #send(object: ApiObject, request: Pick<ApiRequest, 'method' | 'body'>): unknown {
    try {
      return this.#options.server.handle({ ...request, path: this.#pathOf(object) });
    } catch (error) {
      if (error instanceof ApiError && hasCode(error, 404)) return undefined;
      throw error;
    }
  }

  #pathOf({ apiVersion, kind, metadata: { name, namespace = '' } }: ApiObject): string {
    const found = this.#views.find(
      ({ resource }) => resource.kind === kind && apiVersionOf(resource) === apiVersion,
    );
    if (found === undefined) throw new Error(`no resource of the kind ${kind}`);
    const { resource } = found;
    return resource.isNamespaced
      ? objectPath(resource, { namespace, name })
      : objectPathClusterWide(resource, name);
  }
}
