import { SERVER_LABEL } from '../../src/api/group.ts';
import type { QlikApp } from '../../src/api/qlikapp.ts';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { ApiClient } from '../../src/kubernetes/term.ts';
import { merged, type Json } from './merge-patch.ts';

export type Write = ApiRequest & { readonly name: string };

/** The QlikApps of one namespace, as an API server keeps them: versions, conflicts, merge patches and preconditions. */
export class QlikAppApi {
  readonly objects = new Map<string, QlikApp>();
  /** Writes that were asked for. */
  readonly writes: Write[] = [];
  /** Told of each write, before it is done and after; what it throws is the answer. */
  onWrite: (write: Write, when: 'before' | 'after') => void = () => {};
  #version = 0;

  readonly client: ApiClient = {
    request: async <T>(request: ApiRequest): Promise<T> => this.#answer(request) as T,
  };

  /** Changes an object as somebody else would, or makes it. */
  edit(name: string, change: (object: QlikApp) => Json): void {
    const object = this.objects.get(name);
    if (object !== undefined) this.#store(name, change(object) as unknown as QlikApp);
  }

  #answer(request: ApiRequest): unknown {
    const [, name] = /\/qlikapps(?:\/([^/]+))?$/u.exec(request.path) ?? [];
    if (request.method === 'GET') return name === undefined ? this.#list(request) : this.#found(name);
    const body = (request.body ?? {}) as Json & { readonly metadata?: { readonly name: string } };
    const write = { ...request, name: name ?? body.metadata?.name ?? '' };
    this.writes.push(write);
    this.onWrite(write, 'before');
    const answer = this.#written(write, body);
    this.onWrite(write, 'after');
    return answer;
  }

  #written({ method, name }: Write, body: Json): unknown {
    if (method === 'POST') return this.#create(name, body);
    const object = this.#found(name);
    if (method === 'PATCH') {
      if (!fits(object, body['metadata'])) throw conflict(name);
      return this.#store(name, merged(object, body) as QlikApp);
    }
    if (!fits(object, body['preconditions'])) throw conflict(name);
    this.objects.delete(name);
    return {};
  }

  #list({ query = {} }: ApiRequest): unknown {
    const server = query['labelSelector']?.replace(`${SERVER_LABEL}=`, '');
    const all = [...this.objects.values()].filter(
      ({ metadata }) => server === undefined || metadata.labels?.[SERVER_LABEL] === server,
    );
    const from = Number(query['continue'] ?? 0);
    const to = from + Number(query['limit']);
    return { metadata: to < all.length ? { continue: String(to) } : {}, items: all.slice(from, to) };
  }

  #create(name: string, body: Json): QlikApp {
    if (this.objects.has(name)) throw new ApiError(409, 'AlreadyExists', `"${name}" already exists`);
    return this.#store(name, merged({ metadata: { uid: `uid-${this.#version}` } }, body) as QlikApp);
  }

  #found(name: string): QlikApp {
    const object = this.objects.get(name);
    if (object === undefined) throw new ApiError(404, 'NotFound', `"${name}" not found`);
    return object;
  }

  /** A write that changes nothing makes no new version. */
  #store(name: string, object: QlikApp): QlikApp {
    const before = this.objects.get(name);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(object)) return before;
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.objects.set(name, stored);
    return stored;
  }
}

/** Whether an object is the one, and in the version, that is spoken of. */
function fits({ metadata }: QlikApp, wanted: unknown): boolean {
  const { uid, resourceVersion } = (wanted ?? {}) as Partial<QlikApp['metadata']>;
  return (
    (uid ?? metadata.uid) === metadata.uid &&
    (resourceVersion ?? metadata.resourceVersion) === metadata.resourceVersion
  );
}

function conflict(name: string): ApiError {
  return new ApiError(409, 'Conflict', `"${name}" has been modified`);
}
