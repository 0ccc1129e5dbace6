import { randomBytes } from 'node:crypto';
import { GROUP, SERVER_LABEL, VERSION } from '../../api/group.ts';
import {
  QUEUE_STATE_ANNOTATION,
  QUEUED_SINCE_ANNOTATION,
  REQUEUE_ANNOTATION,
  SERVER_NAMESPACE_LABEL,
  SLOTS_LABEL,
  TOUCHED_ANNOTATION,
} from '../../api/executions.ts';
import type { QlikExecution, QlikExecutionStatus } from '../../api/qlikexecution.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import { objectPath, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { timestamp } from '../../time/timestamp.ts';
import { FIELD_MANAGER, isRequeued, JOBS, weightOfJob, type Job } from './job.ts';

export const QLIK_EXECUTIONS: Resource = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikexecutions' };

type Named = Pick<Job['metadata'], 'namespace' | 'name'>;

/**
 * What is written to Jobs and QlikExecutions. Every patch carries the version it rests on: it is refused if anything has
 * changed since, which is what makes the order of the steps count.
 */
export class Writes {
  readonly #rest: ApiClient;

  constructor(rest: ApiClient) {
    this.#rest = rest;
  }

  readJob(job: Named): Promise<Job> {
    return this.#rest.request<Job>({ method: 'GET', path: objectPath(JOBS, job) });
  }

  readExecution(execution: Named): Promise<QlikExecution> {
    return this.#rest.request<QlikExecution>({ method: 'GET', path: objectPath(QLIK_EXECUTIONS, execution) });
  }

  /** Lets a Job run. Its pods carry server and weight, so that they count even when nothing of the Job is left. */
  admitJob(job: Job, server: Key): Promise<Job> {
    const { namespace, name } = splitKey(server);
    return this.#patch<Job>(JOBS, job.metadata, {
      metadata: { annotations: { [QUEUE_STATE_ANNOTATION]: 'Admitted', [REQUEUE_ANNOTATION]: null } },
      spec: {
        suspend: false,
        template: {
          metadata: {
            labels: {
              [SERVER_LABEL]: name,
              [SERVER_NAMESPACE_LABEL]: namespace,
              [SLOTS_LABEL]: String(weightOfJob(job)),
            },
          },
        },
      },
    });
  }

  admitExecution(execution: QlikExecution, now: number): Promise<QlikExecution> {
    return this.#patchStatus(execution, {
      admittedTime: timestamp(now),
      conditions: [
        admitted(execution, { status: 'True', reason: 'Admitted', message: 'the slot is held' }, now),
      ],
    });
  }

  /** Says where a Job stands; one that was requeued waits from now on. */
  setQueueState(job: Job, state: string, now: number): Promise<Job> {
    const requeued = isRequeued(job);
    return this.#patch<Job>(JOBS, job.metadata, {
      metadata: {
        annotations: {
          [QUEUE_STATE_ANNOTATION]: state,
          ...(requeued ? { [REQUEUE_ANNOTATION]: null, [QUEUED_SINCE_ANNOTATION]: timestamp(now) } : {}),
        },
      },
    });
  }

  /**
   * Refuses a Job whose manifest states `spec.suspend`, and states that as well: else the Job would be started, past the
   * queue, as soon as its manifest does so no more.
   */
  refuseManifest(job: Job, state: string): Promise<Job> {
    const { namespace, name, uid, resourceVersion } = job.metadata;
    const annotations = { [QUEUE_STATE_ANNOTATION]: state };
    return this.#rest.request<Job>({
      method: 'PATCH',
      path: objectPath(JOBS, job.metadata),
      query: { fieldManager: FIELD_MANAGER, force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace, name, uid, resourceVersion, annotations },
        spec: { suspend: true },
      },
    });
  }

  refuseExecution(
    execution: QlikExecution,
    { reason, message }: { reason: string; message: string },
    now: number,
  ): Promise<QlikExecution> {
    return this.#patchStatus(execution, {
      conditions: [admitted(execution, { status: 'False', reason, message }, now)],
    });
  }

  expireExecution(execution: QlikExecution, now: number): Promise<QlikExecution> {
    const message = 'its Lease was not renewed in time; the slot is never given again';
    return this.#patchStatus(execution, {
      expiredTime: timestamp(now),
      conditions: [admitted(execution, { status: 'False', reason: 'Expired', message }, now)],
    });
  }

  /** Its pod has ended, so that it holds nothing any more; else it would be taken for one that runs without an entry. */
  endExecution(execution: QlikExecution, now: number): Promise<QlikExecution> {
    return this.refuseExecution(
      execution,
      { reason: 'Ended', message: 'the pod that held the slot has ended' },
      now,
    );
  }

  /** Makes whatever rests on an earlier version fail. A patch that changes nothing would not: hence a random value. */
  touchJob(job: Job): Promise<Job> {
    return this.#patch<Job>(JOBS, job.metadata, touch());
  }

  touchExecution(execution: QlikExecution): Promise<QlikExecution> {
    return this.#patch<QlikExecution>(QLIK_EXECUTIONS, execution.metadata, touch());
  }

  #patchStatus(execution: QlikExecution, status: QlikExecutionStatus): Promise<QlikExecution> {
    const { metadata } = execution;
    return this.#patch<QlikExecution>(
      QLIK_EXECUTIONS,
      metadata,
      { status: { observedGeneration: metadata.generation, ...status } },
      'status',
    );
  }

  #patch<T>(
    resource: Resource,
    { namespace, name, uid, resourceVersion }: Job['metadata'],
    change: { readonly metadata?: object; readonly spec?: object; readonly status?: object },
    subresource?: 'status',
  ): Promise<T> {
    return this.#rest.request<T>({
      method: 'PATCH',
      path: objectPath(resource, { namespace, name }, subresource),
      body: { ...change, metadata: { ...change.metadata, uid, resourceVersion } },
    });
  }
}

function touch(): { metadata: object } {
  return { metadata: { annotations: { [TOUCHED_ANNOTATION]: randomBytes(8).toString('hex') } } };
}

function admitted(
  { metadata, status }: QlikExecution,
  verdict: { status: 'True' | 'False'; reason: string; message: string },
  now: number,
) {
  const before = status?.conditions?.find(({ type }) => type === 'Admitted');
  return {
    type: 'Admitted',
    ...verdict,
    observedGeneration: metadata.generation,
    lastTransitionTime: before?.status === verdict.status ? before.lastTransitionTime : timestamp(now),
  };
}
