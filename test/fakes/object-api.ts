import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import { objectPath, type Resource } from '../../src/kubernetes/resource.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { ApiClient } from '../../src/kubernetes/term.ts';
import { merged, type Json } from './merge-patch.ts';

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What an object must have; the rest of its metadata is filled in. */
type Made = { readonly metadata: { readonly name: string; readonly namespace: string } };

/**
 * Objects as an API server keeps them, each by its path: versions and generations, merge patches, conflicts and
 * preconditions. A write that changes nothing makes no new version.
 */
export class ObjectApi {
  /** In the order in which they came. */
  readonly requests: ApiRequest[] = [];
  /** Told of each request, before it takes effect and after; what it throws is the answer. */
  onRequest: (request: ApiRequest, when: 'before' | 'after') => void = () => {};
  readonly #objects = new Map<string, Stored>();
  #cached: ReadonlyMap<string, Stored> | undefined;
  #version = 0;

  readonly client: ApiClient = {
    request: async <T>(request: ApiRequest): Promise<T> => {
      this.requests.push(request);
      this.onRequest(request, 'before');
      const answer = this.#answer(request);
      this.onRequest(request, 'after');
      return structuredClone(answer) as T;
    },
  };

  /** Makes an object as somebody else would. */
  add<T extends Made>(resource: Resource, object: T): T {
    return structuredClone(this.#create(objectPath(resource, object.metadata), object)) as unknown as T;
  }

  /** Merges into an object as somebody else would. */
  edit(path: string, patch: Json): unknown {
    return this.#patch(path, patch);
  }

  remove(path: string): void {
    this.#objects.delete(path);
  }

  get(path: string): unknown {
    return this.#objects.get(path);
  }

  /** All of a resource. */
  all({ root, plural }: Resource): unknown[] {
    return this.#listed(`${root}/${plural}`, {}).map((object) => structuredClone(object));
  }

  /** From now on, who is content with any version is told how all is now. */
  fallBehind(): void {
    this.#cached = new Map(this.#objects);
  }

  /** The requests, as `GET /apis/…`. */
  get log(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  #answer(request: ApiRequest): unknown {
    const { method, path } = request;
    const { segments } = partsOf(path);
    const isCollection = segments.length % 2 === 1;
    if (method === 'GET' && isCollection)
      return { metadata: {}, items: this.#listed(path, request.query ?? {}) };
    if (method === 'GET') return this.#found(path, request);
    const body = (request.body ?? {}) as Json & Made;
    if (method === 'POST') return this.#create(`${path}/${body.metadata.name}`, body);
    if (method === 'PUT') return this.#replace(path, body);
    if (method === 'PATCH') return this.#patch(path, body);
    assertIsMeant(this.#found(path), (body['preconditions'] ?? {}) as Json);
    this.#objects.delete(path);
    return {};
  }

  #objectsFor({ query = {} }: Pick<ApiRequest, 'query'>): ReadonlyMap<string, Stored> {
    return query['resourceVersion'] === '0' ? (this.#cached ?? this.#objects) : this.#objects;
  }

  #found(path: string, request: Pick<ApiRequest, 'query'> = {}): Stored {
    const object = this.#objectsFor(request).get(path);
    if (object === undefined) throw new ApiError(404, 'NotFound', `${path} not found`);
    return object;
  }

  #listed(collection: string, query: Readonly<Record<string, string>>): Stored[] {
    const { root, segments } = partsOf(collection);
    const [name, value] = query['labelSelector']?.split('=') ?? [];
    const isListed = ([path, { metadata }]: [string, Stored]) => {
      const at = partsOf(path);
      const isThere =
        segments.length === 1 ? at.segments.at(-2) === segments[0] : path.startsWith(`${collection}/`);
      return at.root === root && isThere && (name === undefined || metadata.labels?.[name] === value);
    };
    return [...this.#objectsFor({ query })].filter(isListed).map(([, object]) => object);
  }

  #create(path: string, object: Made): Stored {
    if (this.#objects.has(path)) throw new ApiError(409, 'AlreadyExists', `${path} already exists`);
    const metadata = { uid: `uid-${this.#version + 1}`, generation: 1, ...object.metadata };
    return this.#store(path, { ...object, metadata } as Stored);
  }

  #replace(path: string, body: Json): Stored {
    const before = this.#found(path);
    const { uid, resourceVersion } = (body['metadata'] ?? {}) as Partial<Stored['metadata']>;
    if (resourceVersion === undefined) throw new ApiError(422, 'Invalid', 'must be specified for an update');
    assertIsMeant(before, { uid, resourceVersion });
    return this.#store(path, { ...(body as unknown as Stored), metadata: before.metadata });
  }

  #patch(path: string, { metadata = {}, ...patch }: Json): Stored {
    const isStatus = path.endsWith('/status');
    const object = this.#found(path.replace(/\/status$/u, ''));
    const { uid, resourceVersion, ...changes } = metadata as Json;
    assertIsMeant(object, { uid, resourceVersion });
    const change = isStatus ? { status: patch['status'] } : { ...patch, metadata: changes };
    // What is undefined is not sent.
    const sent = JSON.parse(JSON.stringify(change)) as Json;
    return this.#store(path.replace(/\/status$/u, ''), merged(object, sent) as Stored);
  }

  #store(path: string, object: Stored): Stored {
    const before = this.#objects.get(path);
    if (before !== undefined && isDeepStrictEqual(before, object)) return before;
    this.#version += 1;
    const isOther = before !== undefined && !isDeepStrictEqual(before.spec, object.spec);
    const generation = object.metadata.generation + (isOther ? 1 : 0);
    const metadata = { ...object.metadata, generation, resourceVersion: String(this.#version) };
    const stored = structuredClone({ ...object, metadata });
    this.#objects.set(path, stored);
    return stored;
  }
}

/** `/api/v1` or `/apis/<group>/<version>`, and what comes behind it. */
function partsOf(path: string): { readonly root: string; readonly segments: readonly string[] } {
  const [, root = '', rest = ''] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(.*)$/u.exec(path) ?? [];
  return { root, segments: rest.split('/') };
}

/** Throws unless an object is the one, and in the version, that is spoken of. */
function assertIsMeant({ metadata }: Stored, { uid, resourceVersion }: Json): void {
  const isStale = resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion;
  if (isStale || (uid !== undefined && uid !== metadata.uid))
    throw new ApiError(409, 'Conflict', `"${metadata.name}" has been modified`);
}
