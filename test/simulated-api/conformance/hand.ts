import { collectionPath, objectPath } from '../../../src/kubernetes/resource.ts';
import type { ApiClient } from '../../../src/kubernetes/term.ts';
import { JOBS } from '../jobs.ts';
import type { Fields } from '../object.ts';
import { isTerminal, type Pod, PODS } from '../pods.ts';
import { job } from './samples.ts';

/** So long ago that the Job controller does not wait before it replaces the pod. */
const NOT_READY = { type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:00Z' };

/** A user and a kubelet, by hand, in one namespace. */
export class Hand {
  readonly #client: ApiClient;
  readonly #namespace: string;

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  async createNamespace(): Promise<void> {
    const body = { metadata: { name: this.#namespace } };
    await this.#client.request({ method: 'POST', path: '/api/v1/namespaces', body });
  }

  async createJob(spec: Fields, name = 'job'): Promise<void> {
    const path = collectionPath(JOBS, this.#namespace);
    await this.#client.request({ method: 'POST', path, body: job(name, spec) });
  }

  async changeJob(spec: Fields): Promise<void> {
    await this.#client.request({ method: 'PATCH', path: this.#pathOf(JOBS, 'job'), body: { spec } });
  }

  async deleteJob(options: Fields = {}): Promise<void> {
    await this.#client.request({ method: 'DELETE', path: this.#pathOf(JOBS, 'job'), body: options });
  }

  async pods(): Promise<Pod[]> {
    const path = collectionPath(PODS, this.#namespace);
    return (await this.#client.request<{ readonly items: Pod[] }>({ method: 'GET', path })).items;
  }

  /** Says of some pods that are not over how their containers are; `first` of one of them. */
  async setPhase(phase: Pod['status']['phase'], { first = false, deleted = false } = {}): Promise<void> {
    const open = (await this.pods()).filter(
      (pod) => !isTerminal(pod) && (pod.metadata.deletionTimestamp !== undefined) === deleted,
    );
    for (const { metadata } of first ? open.slice(0, 1) : open) {
      const path = `${this.#pathOf(PODS, metadata.name)}/status`;
      const body = { status: { phase, conditions: [NOT_READY] } };
      await this.#client.request({ method: 'PATCH', path, body });
    }
  }

  async deletePods(): Promise<void> {
    for (const { metadata } of await this.pods())
      await this.#client.request({ method: 'DELETE', path: this.#pathOf(PODS, metadata.name) });
  }

  /** What a kubelet does with deleted pods once their containers have ended. */
  async removeDeletedPods(): Promise<void> {
    await this.setPhase('Failed', { deleted: true });
    for (const { metadata } of await this.pods()) {
      if (metadata.deletionTimestamp === undefined) continue;
      const body = { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } };
      await this.#client.request({ method: 'DELETE', path: this.#pathOf(PODS, metadata.name), body });
    }
  }

  #pathOf(resource: typeof PODS, name: string): string {
    return objectPath(resource, { namespace: this.#namespace, name });
  }
}
