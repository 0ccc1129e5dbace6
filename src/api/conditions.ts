import * as z from 'zod';

/** The kinds of Qlik servers. */
export const SERVER_TYPES = ['OnPremise', 'Cloud'] as const;
export type ServerType = (typeof SERVER_TYPES)[number];

/** All connection checks, in the order they are asked and shown. Names as in KPImailer. */
export const CHECKS = [
  'ServerReachable',
  'Authenticated',
  'UserExists',
  'RootAdmin',
  'VirtualProxyReady',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** The checks that each kind of server has. */
export const CHECKS_OF: Readonly<Record<ServerType, readonly CheckName[]>> = {
  OnPremise: CHECKS,
  Cloud: ['ServerReachable', 'Authenticated'],
};

/**
 * What a condition says, in the order of the ownership table (docs/qlikserver.md): `Ready` takes its reason from the
 * first of these that is not True.
 */
export const OWNERS = [
  'Configured',
  ...CHECKS,
  'Connected',
  'CertificateValid',
  'AppsSynced',
  'ExecutionsWithinLimit',
] as const;

/** Present only while True. `Reconciling` and `Stalled` are never both present (kstatus reads the first it meets). */
export const ABNORMAL = ['Suspended', 'Reconciling', 'Stalled'] as const;

export const CONDITION_TYPES = [...OWNERS, 'Ready', ...ABNORMAL] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const condition = z
  .object({
    type: z
      .string()
      .max(64)
      .meta({ description: 'What the condition is about, such as Ready or ServerReachable.' }),
    status: z.enum(['True', 'False', 'Unknown']).meta({ description: 'Unknown: not judged, not "bad".' }),
    observedGeneration: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'The metadata.generation the condition was set for.' }),
    lastTransitionTime: z
      .string()
      .meta({ format: 'date-time', description: 'When the status last changed.' }),
    reason: z
      .string()
      .min(1)
      .max(64)
      .meta({ description: 'One word of the closed list in docs/reasons.md.' }),
    message: z
      .string()
      .max(2048)
      .meta({ description: 'What was seen where, and what to do. Stable while nothing changes.' }),
  })
  .meta({ description: 'One aspect of the state of the object.' });

export type Condition = z.output<typeof condition>;
export type ConditionStatus = Condition['status'];

/** The condition of that type, if the object has it. */
export function findCondition(conditions: readonly Condition[], type: ConditionType): Condition | undefined {
  return conditions.find((candidate) => candidate.type === type);
}
