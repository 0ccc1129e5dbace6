import { SERVER_LABEL } from '../../api/group.ts';
import { collectionPath, objectPath, type Resource } from '../../kubernetes/resource.ts';
import { unlessAbsent } from '../../kubernetes/api-error.ts';
import type { ApiClient } from '../../kubernetes/term.ts';

const PODS: Resource = { root: '/api/v1', plural: 'pods' };
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
  readonly status?: { readonly phase?: string };
}

/** Whether a pod may still work; one that is being deleted may, until it is gone. */
export function isAlive({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** Pods as they are now: always asked, never remembered. */
export class Pods {
  readonly #rest: ApiClient;
  readonly #namespaces: readonly (string | undefined)[];

  /** `namespaces`: those that are watched; `undefined` stands for all. */
  constructor(rest: ApiClient, namespaces: readonly (string | undefined)[]) {
    this.#rest = rest;
    this.#namespaces = namespaces;
  }

  /** Whether a Job has left no pod that may still work; its pods carry its uid, whatever became of the Job. */
  async areGone(job: { readonly uid: string; readonly namespace: string }): Promise<boolean> {
    const pods = await this.#list(job.namespace, `${CONTROLLER_UID}=${job.uid}`);
    return !pods.some(isAlive);
  }

  /** The pods of all executions of a server that may still work, in all namespaces. */
  async ofServer(name: string): Promise<Pod[]> {
    const found = await Promise.all(
      this.#namespaces.map((namespace) => this.#list(namespace, `${SERVER_LABEL}=${name}`)),
    );
    return found.flat().filter(isAlive);
  }

  /** Whether this very pod has ended, or is not there any more. */
  async hasEnded({
    namespace,
    name,
    uid,
  }: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  }): Promise<boolean> {
    const path = objectPath(PODS, { namespace, name });
    const pod = await unlessAbsent(this.#rest.request<Pod>({ method: 'GET', path }));
    return pod === undefined || pod.metadata.uid !== uid || !isAlive(pod);
  }

  async #list(namespace: string | undefined, labelSelector: string): Promise<readonly Pod[]> {
    const path = collectionPath(PODS, namespace);
    const { items } = await this.#rest.request<{ items: Pod[] }>({
      method: 'GET',
      path,
      query: { labelSelector },
    });
    return items;
  }
}
