import { SERVER_LABEL } from '../../api/group.ts';
import type { QlikExecution } from '../../api/qlikexecution.ts';
import { withoutManagedFields, type KubernetesObject } from '../../kubernetes/object.ts';
import { Reflector, type ReflectorOptions } from '../../kubernetes/reflector.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { JOBS, slimJob, type Job } from './job.ts';
import { PRIORITY_CLASSES, type PriorityClass } from './priorities.ts';
import { QLIK_EXECUTIONS } from './writes.ts';

export interface ExecutionWatchesOptions {
  readonly rest: RestClient;
  /** Those that are watched; `undefined` stands for all. */
  readonly namespaces: readonly (string | undefined)[];
  readonly onError: (what: string, error: unknown) => void;
}

/** Jobs that name a QlikServer, QlikExecutions and PriorityClasses, kept up to date in every replica. */
export class ExecutionWatches {
  readonly jobs = new Store<Job>();
  readonly executions = new Store<QlikExecution>();
  readonly priorityClasses = new Store<PriorityClass>();
  readonly #reflectors: readonly Reflector<KubernetesObject>[];

  constructor({ rest, namespaces, onError }: ExecutionWatchesOptions) {
    const watch = <T extends KubernetesObject>(
      what: string,
      options: Pick<ReflectorOptions<T>, 'resource' | 'store' | 'labelSelector' | 'slim' | 'namespace'>,
    ) => new Reflector<T>({ rest, ...options, onError: (error) => onError(what, error) });
    const inEach = namespaces.flatMap((namespace) => {
      const at = namespace === undefined ? {} : { namespace };
      return [
        watch('Jobs', {
          ...at,
          resource: JOBS,
          store: this.jobs,
          labelSelector: SERVER_LABEL,
          slim: slimJob,
        }),
        watch('QlikExecutions', {
          ...at,
          resource: QLIK_EXECUTIONS,
          store: this.executions,
          slim: withoutManagedFields,
        }),
      ];
    });
    this.#reflectors = [
      ...inEach,
      watch('PriorityClasses', { resource: PRIORITY_CLASSES, store: this.priorityClasses }),
    ] as unknown as readonly Reflector<KubernetesObject>[];
  }

  start(): void {
    for (const reflector of this.#reflectors) reflector.start();
  }

  /** Resolves once everything has been read; never, where a right is missing. */
  async synced(): Promise<void> {
    await Promise.all(this.#reflectors.map(({ synced }) => synced));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  /** Milliseconds without a sign of the API server, of the watch that is worst off. */
  get silence(): number {
    return Math.max(...this.#reflectors.map(({ silence }) => silence));
  }
}
