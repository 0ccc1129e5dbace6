import type { QlikExecution } from '../../src/api/qlikexecution.ts';
import type { LedgerEntry, QlikExecutionLedger } from '../../src/api/qlikexecutionledger.ts';
import type { Resource } from '../../src/kubernetes/resource.ts';
import type { Job } from '../../src/reconcilers/executions/job.ts';
import type { Pod } from '../../src/reconcilers/executions/pods.ts';
import { merged, type Json } from './merge-patch.ts';

export const LEDGERS: Resource = { root: '/apis/kpimailer.io/v1alpha1', plural: 'qlikexecutionledgers' };
export const PODS: Resource = { root: '/api/v1', plural: 'pods' };

/** When the examples were made. */
export const MADE = '2026-05-04T12:00:00Z';

/** A Job that waits for its first run; `change` is merged into it. */
export function exampleJob(name: string, change: Json = {}): Job {
  const job = {
    metadata: {
      name,
      namespace: 'kpi',
      uid: `uid-of-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: MADE,
      labels: { 'kpimailer.io/qlik-server': 'finance' },
    },
    spec: { suspend: true, parallelism: 1, template: { metadata: {}, spec: {} } },
  };
  return merged(job, change) as Job;
}

/** What makes an example one that was admitted, and one that was suspended again after that. */
export const ADMITTED: Json = {
  metadata: { generation: 2, annotations: { 'kpimailer.io/queue-state': 'Admitted' } },
  spec: { suspend: false },
};
export const SUSPENDED_AGAIN: Json = {
  metadata: { generation: 3, annotations: { 'kpimailer.io/queue-state': 'Admitted' } },
};
/** And one that was put back into the queue then. */
export const REQUEUED: Json = {
  metadata: { generation: 3, annotations: { 'kpimailer.io/queue-state': 'Queued' } },
};
export const COMPLETE: Json = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };

/** A slot that is waited for, held by a Lease. */
export function exampleExecution(name: string, change: Json = {}): QlikExecution {
  const execution = {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikExecution',
    metadata: {
      name,
      namespace: 'kpi',
      uid: `uid-of-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: MADE,
    },
    spec: { serverRef: { name: 'finance' }, slots: 1, leaseDurationSeconds: 30 },
  };
  return merged(execution, change) as QlikExecution;
}

export const HELD: Json = {
  status: { admittedTime: MADE, conditions: [{ type: 'Admitted', status: 'True', reason: 'Admitted' }] },
};
export const EXPIRED: Json = {
  status: { expiredTime: MADE, conditions: [{ type: 'Admitted', status: 'False', reason: 'Expired' }] },
};

/** A pod of a Job that runs, as the Job controller makes it of what the gate has admitted. */
export function podOf(job: Job, change: Json = {}): Pod {
  const { name, namespace, uid } = job.metadata;
  const pod = {
    metadata: {
      name: `${name}-pod`,
      namespace,
      uid: `uid-of-${name}-pod`,
      labels: {
        'batch.kubernetes.io/controller-uid': uid,
        'kpimailer.io/qlik-server': 'finance',
        'kpimailer.io/qlik-server-namespace': 'kpi',
        'kpimailer.io/slots': '1',
      },
      ownerReferences: [{ kind: 'Job', name, uid, controller: true }],
    },
    status: { phase: 'Running' },
  };
  return merged(pod, change) as Pod;
}

/** The entry of an example, of one slot unless told otherwise. */
export function entryOf(
  { metadata: { uid, namespace, name } }: Job | QlikExecution,
  change: Partial<LedgerEntry> = {},
): LedgerEntry {
  return { kind: 'Job', uid, namespace, name, weight: 1, attempt: 1, since: MADE, ...change };
}

/** A ledger that is ready. */
export function exampleLedger(
  entries: readonly LedgerEntry[] = [],
  change: Partial<QlikExecutionLedger['ledger']> = {},
): QlikExecutionLedger {
  return {
    metadata: {
      name: 'kpi.finance',
      namespace: 'qlik-operator',
      uid: 'uid-of-ledger',
      resourceVersion: '1',
    },
    ledger: { formatVersion: 1, readyUid: 'uid-of-ledger', limit: 4, entries: [...entries], ...change },
  };
}
