import * as z from 'zod';
import type { Metadata } from './metadata.ts';
import { MOST_SLOTS } from './executions.ts';
import { objectName } from './references.ts';
import { constrained, type Rule } from './rule.ts';
import { conditions, time } from './status-fields.ts';

const oneHolder: Rule<{ holderRef?: unknown; leaseDurationSeconds?: unknown }> = {
  cel: 'has(self.holderRef) != has(self.leaseDurationSeconds)',
  holds: ({ holderRef, leaseDurationSeconds }) =>
    (holderRef === undefined) !== (leaseDurationSeconds === undefined),
  message: 'exactly one of holderRef and leaseDurationSeconds must be set',
};

const text = (max: number, description: string) => z.string().min(1).max(max).meta({ description });

/** `QlikExecution.spec`: a slot for a worker that is no Job. */
export const qlikExecutionSpec = constrained(
  z.object({
    serverRef: z
      .object({
        name: objectName('serverRef.name', 'Name of the QlikServer.'),
        namespace: objectName(
          'serverRef.namespace',
          'Its namespace, if it is another one; it must allow this one (spec.executions.allowedNamespaces).',
        ).optional(),
      })
      .meta({ description: 'The QlikServer that is used.' }),
    slots: z
      .int()
      .min(1)
      .max(MOST_SLOTS)
      .default(1)
      .meta({ description: 'Qlik sessions that are held at the same time, 1 to 64. Default: 1.' }),
    holderRef: z
      .object({
        kind: z.enum(['Pod']).meta({ description: 'Always Pod.' }),
        name: objectName('holderRef.name', 'Name of the pod, in this namespace.'),
        uid: text(64, 'Its metadata.uid.'),
      })
      .optional()
      .meta({ description: 'The pod that holds the slot: it is free once that pod has ended.' }),
    leaseDurationSeconds: z.int().min(10).max(3600).optional().meta({
      description:
        'The holder renews the Lease (coordination.k8s.io) of the same name within so many seconds, 10 to 3600, and stops working that long after the renewal it last sent; else the slot expires.',
    }),
    priorityClassName: objectName(
      'priorityClassName',
      'PriorityClass by which it is ordered among those that wait. Default: as for pods.',
    ).optional(),
  }),
  'The wanted slot.',
  oneHolder,
);

export type QlikExecutionSpec = z.output<typeof qlikExecutionSpec>;

/** `QlikExecution.status`: whether the slot is held. */
export const qlikExecutionStatus = z
  .object({
    observedGeneration: z
      .int()
      .optional()
      .meta({ description: 'The metadata.generation this status was written for.' }),
    conditions: conditions(8, 'Admitted: whether the holder may work.'),
    admittedTime: time('When the slot was given.'),
    expiredTime: time('When the slot was taken back, as its Lease was not renewed. It is never given again.'),
  })
  .meta({ description: 'What the operator has decided.' });

export type QlikExecutionStatus = z.output<typeof qlikExecutionStatus>;

/** A QlikExecution as it is read from the API server: its spec has all defaults. */
export interface QlikExecution {
  readonly apiVersion: string;
  readonly kind: 'QlikExecution';
  readonly metadata: Metadata & { readonly generation: number; readonly creationTimestamp: string };
  readonly spec: QlikExecutionSpec;
  readonly status?: QlikExecutionStatus;
}
