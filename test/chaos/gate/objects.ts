/** What the observer reads of objects. It shares nothing with the operator: what that takes for granted is judged here. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly fieldsV1?: Fields }[];
}

interface Fields {
  readonly [field: string]: Fields;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

export interface JobObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly suspend?: boolean;
    readonly parallelism?: number;
    readonly template: { readonly spec: { readonly priorityClassName?: string } };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface PodObject {
  readonly metadata: Metadata;
  readonly status?: { readonly phase?: string };
}

export interface ExecutionObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly serverRef: { readonly name: string };
    readonly slots: number;
    readonly holderRef?: { readonly uid: string };
    readonly priorityClassName?: string;
  };
  readonly status?: { readonly expiredTime?: string; readonly conditions?: readonly Condition[] };
}

export interface ServerObject {
  readonly metadata: Metadata;
  readonly spec: { readonly maxParallelExecutions: number };
}

export interface LedgerObject {
  readonly metadata: Metadata;
  readonly ledger: {
    readonly readyUid?: string;
    readonly server?: { readonly uid: string; readonly generation: number };
    readonly limit: number;
    readonly entries: readonly {
      readonly uid: string;
      readonly weight: number;
      readonly attempt: number;
    }[];
  };
}

export const SERVER = 'kpimailer.io/qlik-server';
export const SLOTS = 'kpimailer.io/slots';
export const QUEUE_STATE = 'kpimailer.io/queue-state';
export const REQUEUE = 'kpimailer.io/requeue';
/** Set by users in the same patch with which they start a Job past the gate. */
export const FORCED = 'chaos.example/forced';
/** On Jobs that the API server lets nobody start. */
export const DENIED = 'chaos.example/denied';

export function isTrue(object: JobObject | ExecutionObject, type: string): boolean {
  return object.status?.conditions?.some((each) => each.type === type && each.status === 'True') === true;
}

export function isFinished(job: JobObject): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

/** Neither Succeeded nor Failed: one that is being deleted may still work. */
export function isAlive({ status }: PodObject): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

export function slotsOf({ metadata }: JobObject): number {
  return Number(metadata.labels?.[SLOTS] ?? 1);
}

/** Who wrote a field last, as the API server has noted; fields are named as in `managedFields`. */
export function writerOf({ managedFields = [] }: Metadata, ...path: readonly string[]): string | undefined {
  const owns = (fields: Fields | undefined) =>
    path.reduce<Fields | undefined>((inner, field) => inner?.[field], fields) !== undefined;
  return managedFields.find(({ fieldsV1 }) => owns(fieldsV1))?.manager;
}
