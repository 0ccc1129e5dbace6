import { GROUP, SERVER_LABEL } from '../../api/group.ts';
import {
  MOST_SLOTS,
  QUEUE_STATE_ANNOTATION,
  REQUEUE_ANNOTATION,
  SERVER_NAMESPACE_LABEL,
  SLOTS_LABEL,
} from '../../api/executions.ts';
import type { Metadata } from '../../api/metadata.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';

export const JOBS: Resource = { root: '/apis/batch/v1', plural: 'jobs' };

interface OwnedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:suspend'?: unknown } };
}

/** A Job, as far as the gate looks at it. */
export interface Job {
  readonly metadata: Metadata & {
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly managedFields?: readonly OwnedFields[];
  };
  readonly spec: {
    readonly suspend?: boolean;
    readonly parallelism?: number;
    readonly managedBy?: string;
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec?: { readonly priorityClassName?: string; readonly priority?: number };
    };
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** Who applies `spec.suspend` on behalf of the gate (`Writes.refuseManifest`). */
export const FIELD_MANAGER = 'qlik-operator';

const OURS = `${GROUP}/`;
const JOB_CONTROLLER = 'kubernetes.io/job-controller';
const KUEUE = 'kueue.x-k8s.io/queue-name';

/** Drops what the gate does not read, which is most of a Job. */
export function slimJob({ metadata, spec, status }: Job): Job {
  const { template } = spec;
  const isFinal = ({ type }: { type: string }) => type === 'Complete' || type === 'Failed';
  return {
    metadata: {
      ...pick(metadata, ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp']),
      ...pick(metadata, ['deletionTimestamp']),
      labels: only(metadata.labels, (name) => name.startsWith(OURS) || name === KUEUE),
      annotations: only(metadata.annotations, (name) => name.startsWith(OURS)),
      managedFields: (metadata.managedFields ?? []).some(ownsSuspend) ? [SUSPEND_APPLIED] : [],
    },
    spec: {
      ...pick(spec, ['suspend', 'parallelism', 'managedBy']),
      template: {
        metadata: { labels: only(template.metadata?.labels, (name) => name.startsWith(OURS)) },
        spec: pick(template.spec ?? {}, ['priorityClassName', 'priority']),
      },
    },
    status: {
      conditions: (status?.conditions ?? []).filter(isFinal).map((each) => pick(each, ['type', 'status'])),
    },
  };
}

const SUSPEND_APPLIED: OwnedFields = { operation: 'Apply', fieldsV1: { 'f:spec': { 'f:suspend': {} } } };

/** These fields alone, as far as the object has them. */
function pick<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  const has = keys.filter((key) => object[key] !== undefined);
  return Object.fromEntries(has.map((key) => [key, object[key]])) as Pick<T, K>;
}

function only(
  all: Readonly<Record<string, string>> | undefined,
  isWanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([name]) => isWanted(name)));
}

function ownsSuspend({ manager, operation, fieldsV1 }: OwnedFields): boolean {
  const isOwned = fieldsV1?.['f:spec']?.['f:suspend'] !== undefined;
  return isOwned && operation === 'Apply' && manager !== FIELD_MANAGER;
}

/** The QlikServer that labels name, if they name one; in the namespace of what is labelled, unless told otherwise. */
export function serverNamed(
  labels: Readonly<Record<string, string>> | undefined,
  namespace: string,
): Key | undefined {
  const name = labels?.[SERVER_LABEL];
  if (name === undefined || name === '') return undefined;
  return `${labels?.[SERVER_NAMESPACE_LABEL] ?? namespace}/${name}`;
}

/** The QlikServer of a Job: by its own labels, or by those its pods get, should its own have been taken away. */
export function serverOfJob({ metadata, spec }: Job): Key | undefined {
  return (
    serverNamed(metadata.labels, metadata.namespace) ??
    serverNamed(spec.template.metadata?.labels, metadata.namespace)
  );
}

/** Slots it takes: as many as its label says, and at least one for each pod that may run at once. */
export function weightOfJob({ metadata, spec }: Job): number {
  return Math.max(slotsOf(metadata.labels) ?? 1, spec.parallelism ?? 1, 1);
}

/** What the slots label says; `undefined` where there is none, or nonsense. */
export function slotsOf(labels: Readonly<Record<string, string>> | undefined): number | undefined {
  const text = labels?.[SLOTS_LABEL] ?? '';
  const slots = Number(text);
  return /^[0-9]{1,3}$/u.test(text) && slots >= 1 && slots <= MOST_SLOTS ? slots : undefined;
}

export function hasNonsensicalSlots({ metadata }: Job): boolean {
  return metadata.labels?.[SLOTS_LABEL] !== undefined && slotsOf(metadata.labels) === undefined;
}

/** Complete or Failed: set only after its pods have ended (Kubernetes 1.31). */
export function isFinished({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }) => value === 'True' && (type === 'Complete' || type === 'Failed'),
  );
}

export function isSuspended({ spec }: Job): boolean {
  return spec.suspend === true;
}

/** Whether it never ran: it was created suspended and nothing of its spec was changed since. */
export function neverRan({ metadata, spec }: Job): boolean {
  return spec.suspend === true && metadata.generation === 1;
}

/** Whether another queue manager decides when it runs. */
export function isOthersToManage({ metadata, spec }: Job): boolean {
  return (
    metadata.labels?.[KUEUE] !== undefined ||
    (spec.managedBy !== undefined && spec.managedBy !== JOB_CONTROLLER)
  );
}

/** Whether it was admitted before and is suspended again: by a person, or by what applies its manifest. */
export function wasSuspendedAgain({ metadata, spec }: Job): boolean {
  return spec.suspend === true && metadata.annotations?.[QUEUE_STATE_ANNOTATION] === 'Admitted';
}

/** Whether somebody who applies its manifest states `spec.suspend`, and would suspend it again. */
export function isSuspendApplied({ metadata }: Job): boolean {
  return (metadata.managedFields ?? []).some(ownsSuspend);
}

export function isRequeued({ metadata }: Job): boolean {
  return metadata.annotations?.[REQUEUE_ANNOTATION] !== undefined;
}

export function queueStateOf({ metadata }: Job): string | undefined {
  return metadata.annotations?.[QUEUE_STATE_ANNOTATION];
}
