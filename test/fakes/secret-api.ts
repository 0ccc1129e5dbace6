import { ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { ApiClient } from '../../src/kubernetes/term.ts';
import type { Secret } from '../../src/reconcilers/server/bindings.ts';

/** The Secrets of one namespace, as the API server keeps them. */
export class SecretApi {
  readonly secrets = new Map<string, Secret>();
  /** Methods of the requests, in order. */
  readonly requests: string[] = [];
  /** Happens before a request is answered. */
  before: (method: string) => void = () => {};
  #version = 0;

  readonly client: ApiClient = {
    request: async <T>(request: ApiRequest): Promise<T> => {
      this.requests.push(request.method);
      this.before(request.method);
      return this.#answer(request) as T;
    },
  };

  put(name: string, secret: Partial<Omit<Secret, 'metadata'>> & { metadata?: object } = {}): void {
    this.#version += 1;
    const { metadata, ...rest } = secret;
    const own = { name, namespace: 'kpi', uid: `uid-${name}`, ...metadata };
    this.secrets.set(name, { ...rest, metadata: { ...own, resourceVersion: `${this.#version}` } });
  }

  #answer({ method, path, body }: ApiRequest): unknown {
    const wanted = body as Secret;
    if (method === 'POST') return this.#create(wanted);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = this.secrets.get(name);
    if (found === undefined) throw new ApiError(404, 'NotFound', 'it does not exist');
    if (method === 'GET') return found;
    const { metadata, preconditions = metadata } = body as Secret & {
      preconditions?: Secret['metadata'];
    };
    if (preconditions.resourceVersion !== found.metadata.resourceVersion)
      throw new ApiError(409, 'Conflict', 'it has changed');
    if (method === 'DELETE') return this.secrets.delete(name);
    this.put(name, wanted);
    return this.secrets.get(name);
  }

  #create(secret: Secret): Secret | undefined {
    const { name } = secret.metadata;
    if (this.secrets.has(name)) throw new ApiError(409, 'AlreadyExists', 'it exists');
    this.put(name, secret);
    return this.secrets.get(name);
  }
}
