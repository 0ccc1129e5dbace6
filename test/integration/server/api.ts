import { Agent, request } from 'undici';
import { API_VERSION } from '../../../src/api/group.ts';
import type { Access } from '../../controlplane/kubeconfig.ts';

export type Json = { readonly [key: string]: unknown };

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** Where objects of a kind are, below the API server. */
export const PATHS = {
  namespaces: () => '/api/v1/namespaces',
  secrets: (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`,
  configMaps: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`,
  servers: (namespace: string) => `/apis/${API_VERSION}/namespaces/${namespace}/qlikservers`,
  connectionTests: (namespace: string) => `/apis/${API_VERSION}/namespaces/${namespace}/qlikconnectiontests`,
  jobs: (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`,
  executions: (namespace: string) => `/apis/${API_VERSION}/namespaces/${namespace}/qlikexecutions`,
  ledgers: (namespace: string) => `/apis/${API_VERSION}/namespaces/${namespace}/qlikexecutionledgers`,
  apps: (namespace: string) => `/apis/${API_VERSION}/namespaces/${namespace}/qlikapps`,
  events: (namespace: string) => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
} as const;

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
  readonly accept?: string;
}

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** The API server as its admin, over connections that are kept: polling with kubectl is far slower. */
export class Api {
  readonly #access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.#access = access;
    this.#agent = new Agent({ connect: { ca: access.ca } });
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>({ method: 'GET', path });
  }

  create<T>(path: string, body: Json): Promise<T> {
    return this.#call<T>({ method: 'POST', path, body });
  }

  /** A JSON merge patch. */
  patch<T>(path: string, body: Json): Promise<T> {
    return this.#call<T>({ method: 'PATCH', path, body });
  }

  delete(path: string): Promise<unknown> {
    return this.#call({ method: 'DELETE', path });
  }

  /** What `kubectl get -o wide` shows of one object, by the name of the column in capitals. */
  async columns(path: string): Promise<Readonly<Record<string, unknown>>> {
    const { columnDefinitions, rows } = await this.#call<Table>({ method: 'GET', path, accept: TABLE });
    const cells = rows[0]?.cells ?? [];
    return Object.fromEntries(columnDefinitions.map(({ name }, at) => [name.toUpperCase(), cells[at]]));
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #call<T>({ method, path, body, accept = 'application/json' }: Call): Promise<T> {
    const { statusCode, body: answer } = await request(`${this.#access.url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#access.token}`,
        accept,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return JSON.parse(text) as T;
  }
}
