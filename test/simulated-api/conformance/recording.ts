import { ApiError } from '../../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../../src/kubernetes/rest.ts';
import {
  collectionPath,
  objectPath,
  objectPathClusterWide,
  type Resource,
} from '../../../src/kubernetes/resource.ts';
import type { ApiClient } from '../../../src/kubernetes/term.ts';
import type { ApiObject, Fields } from '../object.ts';
import type { ApiResource } from '../resource.ts';
import { RESOURCES } from '../resources.ts';
import { targetOf } from '../target.ts';

/** A request and what came of it. */
export interface Exchange {
  readonly request: string;
  readonly kind: string;
  readonly answer?: Fields;
  readonly error?: Pick<ApiError, 'code' | 'reason' | 'message'>;
}

/** What stands for the answer to a request that failed, so that a script goes on the same way on both sides. */
const NOTHING = { apiVersion: '', kind: '', metadata: {}, items: [] } as unknown as ApiObject & {
  items: ApiObject[];
};

/** Sends requests in one namespace, and writes down what is answered. */
export class Recording implements ApiClient {
  readonly exchanges: Exchange[] = [];
  readonly namespace: string;
  readonly #client: ApiClient;

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.namespace = namespace;
  }

  /** Makes the namespace; nobody's business, so it is not written down. */
  async prepareNamespace(): Promise<void> {
    const body = { metadata: { name: this.namespace } };
    await this.#client.request({ method: 'POST', path: '/api/v1/namespaces', body });
  }

  create(resource: ApiResource, body: unknown, namespace = this.namespace): Promise<ApiObject> {
    const path = collectionPath(resource, resource.isNamespaced ? namespace : undefined);
    return this.#send(resource, { method: 'POST', path, body });
  }

  get(resource: ApiResource, name: string): Promise<ApiObject> {
    return this.#send(resource, { method: 'GET', path: this.path(resource, name) });
  }

  put(resource: ApiResource, name: string, body: unknown, subresource = ''): Promise<ApiObject> {
    return this.#send(resource, { method: 'PUT', path: `${this.path(resource, name)}${subresource}`, body });
  }

  patch(resource: ApiResource, name: string, body: unknown, subresource = ''): Promise<ApiObject> {
    return this.#send(resource, {
      method: 'PATCH',
      path: `${this.path(resource, name)}${subresource}`,
      body,
    });
  }

  delete(
    resource: ApiResource,
    name: string,
    body?: unknown,
    query?: Record<string, string>,
  ): Promise<ApiObject> {
    const options = { ...(body === undefined ? {} : { body }), ...(query === undefined ? {} : { query }) };
    return this.#send(resource, { method: 'DELETE', path: this.path(resource, name), ...options });
  }

  list(
    resource: ApiResource,
    query: Record<string, string> = {},
  ): Promise<ApiObject & { items: ApiObject[] }> {
    const path = collectionPath(resource, resource.isNamespaced ? this.namespace : undefined);
    return this.#send(resource, { method: 'GET', path, query });
  }

  listAllNamespaces(resource: ApiResource, query: Record<string, string>): Promise<ApiObject> {
    return this.#send(resource, { method: 'GET', path: collectionPath(resource), query });
  }

  /** Has a node run the pod. */
  bind(pods: ApiResource, name: string): Promise<ApiObject> {
    const body = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { kind: 'Node', name: 'node' },
    };
    return this.#send(pods, { method: 'POST', path: `${this.path(pods, name)}/binding`, body });
  }

  send(resource: ApiResource, method: ApiRequest['method'], path: string): Promise<ApiObject> {
    return this.#send(resource, { method, path, body: {} });
  }

  path(resource: Resource & Pick<ApiResource, 'isNamespaced'>, name: string): string {
    return resource.isNamespaced
      ? objectPath(resource, { namespace: this.namespace, name })
      : objectPathClusterWide(resource, name);
  }

  /** As the operator sends it, whose code is told of refusals. */
  request<T>(request: ApiRequest): Promise<T> {
    return this.#exchange<T>(targetOf(request.path, RESOURCES).resource.kind, request);
  }

  async #send(resource: ApiResource, request: ApiRequest): Promise<ApiObject & { items: ApiObject[] }> {
    try {
      return await this.#exchange(resource.kind, request);
    } catch (error) {
      if (error instanceof ApiError) return NOTHING;
      throw error;
    }
  }

  async #exchange<T>(kind: string, request: ApiRequest): Promise<T> {
    const said = { request: `${request.method} ${request.path}`, kind };
    try {
      const answer = await this.#client.request<T>(request);
      this.exchanges.push({ ...said, answer: answer as Fields });
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, reason, message } = error;
      this.exchanges.push({ ...said, error: { code, reason, message } });
      throw error;
    }
  }
}
