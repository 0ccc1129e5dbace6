import type { QlikExecution } from '../../api/qlikexecution.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { pagesOf } from '../../kubernetes/pages.ts';
import { collectionPath, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { JOBS, slimJob, type Job } from './job.ts';
import { QLIK_EXECUTIONS } from './writes.ts';

/**
 * All Jobs and QlikExecutions as they are now. A server is found by the pod template of a Job as well, for which there is
 * no selector, so everything has to be read; those who ask together share it. Whoever asks gets a listing that was begun
 * after that, never one that was under way.
 */
export class Listings {
  readonly jobs: () => Promise<readonly Job[]>;
  readonly executions: () => Promise<readonly QlikExecution[]>;

  /** `namespaces`: those that are watched; `undefined` stands for all. */
  constructor(rest: ApiClient, namespaces: readonly (string | undefined)[]) {
    this.jobs = shared(() => listAll<Job>(rest, JOBS, namespaces, slimJob));
    this.executions = shared(() => listAll<QlikExecution>(rest, QLIK_EXECUTIONS, namespaces, (each) => each));
  }
}

/** Lets those who ask while a listing is under way share the next one. */
function shared<T>(list: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        const listing = list();
        running = listing;
        return listing;
      });
    return next;
  };
}

async function listAll<T extends KubernetesObject>(
  rest: ApiClient,
  resource: Resource,
  namespaces: readonly (string | undefined)[],
  slim: (object: T) => T,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (const namespace of namespaces) {
    const path = collectionPath(resource, namespace);
    for await (const page of pagesOf<T>(rest, { path })) all.push(...page.map(slim));
  }
  return all;
}
