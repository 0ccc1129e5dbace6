import { SERVER_LABEL } from '../../src/api/group.ts';
import {
  QUEUE_STATE_ANNOTATION,
  QUEUED_SINCE_ANNOTATION,
  REQUEUE_ANNOTATION,
  SLOTS_LABEL,
} from '../../src/api/executions.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { Job } from '../../src/reconcilers/executions/job.ts';
import type { Operator } from './operator.ts';

export const PRIORITIES: Readonly<Record<string, number>> = { high: 100, low: -1 };

interface Reserving {
  readonly operator: Operator;
  /** By which it has done so. */
  readonly request: ApiRequest;
  /** Uids of those who have just been given slots. */
  readonly reserved: readonly string[];
  /** Uids of all who have some now. */
  readonly entries: readonly string[];
}

/**
 * Who was passed over: an operator has given slots to somebody though it knew of a Job that comes first, waits and fits any
 * limit. Jobs that ran before, or were put back into the queue, have a place of their own in it and are left out.
 */
export function passedOver({ operator, request, reserved, entries }: Reserving): string[] {
  const jobs = [...operator.jobs.values()];
  const given = jobs.filter(({ metadata }) => reserved.includes(metadata.uid)).filter(isFresh);
  const left = jobs.filter(
    (job) =>
      isFresh(job) &&
      isNarrow(job) &&
      operator.hadSeen(job.metadata.uid, request) &&
      !entries.includes(job.metadata.uid),
  );
  return given.flatMap((job) =>
    left
      .filter((other) => comesBefore(other, job))
      .map((other) => `${job.metadata.name} was given slots before ${other.metadata.name}`),
  );
}

/** By these somebody has, or has had, another place in the queue. */
const MOVED = [REQUEUE_ANNOTATION, QUEUED_SINCE_ANNOTATION];

/** Waits, and has never been anything else. */
function isFresh({ metadata, spec }: Job): boolean {
  const { labels = {}, annotations = {}, deletionTimestamp, generation } = metadata;
  const isWaiting = spec.suspend === true && (annotations[QUEUE_STATE_ANNOTATION] ?? 'Queued') === 'Queued';
  const isOfServer = labels[SERVER_LABEL] !== undefined && deletionTimestamp === undefined;
  return isWaiting && isOfServer && generation === 1 && !MOVED.some((name) => name in annotations);
}

function isNarrow({ metadata, spec }: Job): boolean {
  return metadata.labels?.[SLOTS_LABEL] === undefined && (spec.parallelism ?? 1) === 1;
}

function comesBefore(a: Job, b: Job): boolean {
  const priority = ({ spec }: Job) => PRIORITIES[spec.template.spec?.priorityClassName ?? ''] ?? 0;
  const [mine, theirs] = [priority(a), priority(b)];
  if (mine !== theirs) return mine > theirs;
  const [since, other] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return since === other ? a.metadata.name < b.metadata.name : since < other;
}
