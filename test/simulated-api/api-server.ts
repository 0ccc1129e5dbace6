import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { Key } from '../../src/kubernetes/object.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import { bound } from './binding.ts';
import { deleteObject, deleteOptions, isLetGo } from './deletion.ts';
import { alreadyExists, conflict, forbidden, methodNotAllowed, notFound, NotSimulated } from './failures.ts';
import { identity } from './identity.ts';
import { Listing } from './listing.ts';
import { mergePatch } from './merge-patch.ts';
import { type ApiObject, copy, type Fields, timeOf } from './object.ts';
import { type ChangeListener, ObjectStore } from './object-store.ts';
import type { Pod } from './pods.ts';
import type { ApiResource, Surroundings } from './resource.ts';
import { NAMESPACES, RESOURCES } from './resources.ts';
import { type Target, targetOf } from './target.ts';
import { checkValid, checkVersion, decode, prepareToCreate, prepareToUpdate } from './writing.ts';

export interface ApiServerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** @default RESOURCES */
  readonly resources?: readonly ApiResource[];
  /** Of Kubernetes 1.x. @default 36 */
  readonly minorVersion?: number;
}

/** kube-apiserver in this process. A request is answered at once, and without one nothing ever changes. */
export class SimulatedApiServer {
  readonly #store = new ObjectStore();
  readonly #listing = new Listing(this.#store);
  readonly #resources: readonly ApiResource[];
  readonly #surroundings: Surroundings;
  readonly #now: () => number;
  #created = 0;

  constructor({ now, resources = RESOURCES, minorVersion = 36 }: ApiServerOptions) {
    this.#now = now;
    this.#resources = resources;
    this.#surroundings = {
      minorVersion,
      exists: (resource, name) => this.#store.get(resource, `/${name}`) !== undefined,
    };
    this.handle({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'default' } } });
  }

  /** Answers a request, as an object of its own; throws an `ApiError` for an answer that is not a success. */
  handle(request: Pick<ApiRequest, 'method' | 'path' | 'query' | 'body'>): unknown {
    const target = targetOf(request.path, this.#resources);
    const { dryRun, fieldManager: _, fieldValidation: __, ...query } = request.query ?? {};
    if (dryRun !== undefined) throw new NotSimulated('dryRun');
    return copy(this.#answer(request, target, query));
  }

  /** The objects of a resource as they are now, for assertions. */
  objects(resource: Resource): readonly ApiObject[] {
    return this.#store.all(this.#known(resource));
  }

  /** Hears of every change, from now on and at once; returns what ends it. */
  onChange(resource: Resource, listener: ChangeListener): () => void {
    return this.#store.onChange(this.#known(resource), listener);
  }

  /** resourceVersion of the latest write, whatever it was about. */
  get version(): string {
    return this.#store.version;
  }

  get minorVersion(): number {
    return this.#surroundings.minorVersion;
  }

  get resources(): readonly ApiResource[] {
    return this.#resources;
  }

  #known({ root, plural }: Resource): ApiResource {
    const found = this.#resources.find((one) => one.root === root && one.plural === plural);
    if (found === undefined) throw new NotSimulated(`${root}/${plural}`);
    return found;
  }

  #answer(
    { method, body }: Pick<ApiRequest, 'method' | 'body'>,
    target: Target,
    query: Record<string, string>,
  ): Fields {
    const { name, subresource } = target;
    if (name === undefined) return this.#answerCollection({ method, body }, target, query);
    if (subresource === 'binding' && method === 'POST') return this.#bind(target, body);
    checkSubresource(target);
    if (method === 'GET') return this.#get(target);
    if (method === 'PUT') return this.#replace(target, body);
    if (method === 'PATCH') return this.#patch(target, body);
    if (method === 'DELETE' && subresource === undefined) return this.#delete(target, body, query);
    throw methodNotAllowed();
  }

  #answerCollection(
    { method, body }: Pick<ApiRequest, 'method' | 'body'>,
    target: Target,
    query: Record<string, string>,
  ): Fields {
    if (method === 'GET') return this.#listing.list(target, query);
    if (method === 'POST') return this.#create(target, body);
    throw method === 'DELETE' ? new NotSimulated('DELETE of a collection') : methodNotAllowed();
  }

  #get({ resource, namespace = '', name = '' }: Target): ApiObject {
    const key: Key = `${namespace}/${name}`;
    const object = this.#store.get(resource, key);
    if (object === undefined) throw notFound(resource, name);
    return object;
  }

  #create(target: Target, body: unknown): ApiObject {
    const { resource, namespace } = target;
    const draft = decode(body, target);
    if (namespace !== undefined) this.#get({ resource: NAMESPACES, name: namespace });
    this.#created += 1;
    prepareToCreate(draft, resource, { ...identity(this.#created), time: timeOf(this.#now()) });
    checkValid(draft, undefined, resource, this.#surroundings);
    const { name } = draft.metadata;
    const refusal = resource.admissionRefusal?.(draft, this.#surroundings);
    if (refusal !== undefined) throw forbidden(resource, name, refusal);
    const existing = this.#store.get(resource, `${namespace ?? ''}/${name}`);
    if (existing !== undefined)
      throw alreadyExists(resource, name, existing.metadata.deletionTimestamp !== undefined);
    return this.#store.put(resource, draft);
  }

  #replace(target: Target, body: unknown): ApiObject {
    const { resource, name = '', namespace = '' } = target;
    const draft = decode(body, target);
    const existing = this.#store.get(resource, `${namespace}/${name}`);
    if (existing === undefined && !resource.putCreates) throw notFound(resource, name);
    const { uid } = draft.metadata;
    if (uid && uid !== existing?.metadata.uid)
      throw conflict(resource, name, `Precondition failed: UID in precondition: ${uid}`);
    if (existing !== undefined) return this.#update(target, draft, existing);
    return this.#create(target, mergePatch(body, { metadata: { resourceVersion: null } }));
  }

  #patch(target: Target, body: unknown): ApiObject {
    const before = this.#get(target);
    return this.#update(target, decode(mergePatch(before, body), target), before);
  }

  #update(target: Target, draft: ApiObject, before: ApiObject): ApiObject {
    const { resource } = target;
    checkVersion(draft, before, resource);
    const updated = prepareToUpdate(draft, before, target);
    checkValid(updated, before, resource, this.#surroundings);
    if (!isLetGo(updated, before)) return this.#store.put(resource, updated);
    this.#store.delete(resource, updated);
    return updated;
  }

  #delete(target: Target, body: unknown, query: Readonly<Record<string, string>>): Fields {
    const { resource } = target;
    const deletion = { store: this.#store, resource, now: this.#now() };
    return deleteObject(this.#get(target), deleteOptions(body, query), deletion);
  }

  #bind(target: Target, body: unknown): Fields {
    this.#store.put(target.resource, bound(this.#get(target) as Pod, body, target));
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  }
}

function checkSubresource({ subresource, resource }: Target): void {
  if (subresource === undefined || (subresource === 'status' && resource.hasStatus)) return;
  throw new NotSimulated(`the subresource ${subresource} of ${resource.plural}`);
}
