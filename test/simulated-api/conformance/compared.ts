import { type Fields, isRecord } from '../object.ts';

/**
 * What the execution gate may read, kind by kind, and hence what must be the same in both API servers: a dot goes into an
 * object, `*` means all of its fields. Everything else the simulated one leaves out or has without a proof.
 */
const METADATA = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
].map((field) => `metadata.${field}`);

const POD_SPEC = [
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'priorityClassName',
  'nodeName',
  'nodeSelector',
];
const JOB_SPEC = [
  'parallelism',
  'completions',
  'completionMode',
  'suspend',
  'backoffLimit',
  'podReplacementPolicy',
  'manualSelector',
  'managedBy',
  'ttlSecondsAfterFinished',
  'selector',
  'template.metadata.labels',
  'template.metadata.annotations',
  ...POD_SPEC.map((field) => `template.spec.${field}`),
];
const JOB_STATUS = [
  'startTime',
  'completionTime',
  'active',
  'terminating',
  'succeeded',
  'failed',
  'conditions',
];

const COMPARED: Readonly<Record<string, readonly string[]>> = {
  Job: [
    ...METADATA,
    ...JOB_SPEC.map((field) => `spec.${field}`),
    ...JOB_STATUS.map((field) => `status.${field}`),
  ],
  Pod: [...METADATA, ...POD_SPEC.map((field) => `spec.${field}`), 'status.phase'],
  Lease: [...METADATA, 'spec'],
  PriorityClass: [...METADATA, 'value', 'preemptionPolicy'],
  QlikServer: [...METADATA, 'spec', 'status'],
  QlikExecution: [...METADATA, 'spec', 'status', 'other'],
  QlikExecutionLedger: [...METADATA, 'ledger', 'readyUid', 'entries', 'status'],
  Status: ['status', 'details'],
};

/** Of a condition, when it was last looked at and what it says to people is left out. */
const CONDITION = ['type', 'status', 'reason'];

/** The fields of an object that are compared. */
export function comparedFields(object: Fields, kind: string): Fields {
  const paths = COMPARED[kind];
  if (paths === undefined) throw new Error(`nothing is said about what the gate reads of a ${kind}`);
  const entries = paths.flatMap((path) => {
    const value = valueAt(object, path.split('.'));
    return value === undefined ? [] : [[path, path === 'status.conditions' ? conditions(value) : value]];
  });
  return Object.fromEntries(entries) as Fields;
}

function valueAt(object: unknown, [field, ...rest]: readonly string[]): unknown {
  if (field === undefined) return object;
  return isRecord(object) ? valueAt(object[field], rest) : undefined;
}

function conditions(value: unknown): unknown {
  return (value as readonly Fields[]).map((one) =>
    Object.fromEntries(CONDITION.map((field) => [field, one[field]])),
  );
}
