import {
  type ExecutionObject,
  FORCED,
  isFinished,
  isTrue,
  type JobObject,
  QUEUE_STATE,
  SERVER,
  slotsOf,
  writerOf,
} from './objects.ts';

/** Somebody in the queue, as far as a leader has said so. */
export interface Waiting {
  readonly priorityClass: string | undefined;
  /** RFC 3339, to the second. */
  readonly since: string;
  /** The replica that wrote that it waits, and so has seen it. */
  readonly seenBy: string | undefined;
}

/** Somebody who may use slots of a server, with all that has been seen of him. */
export interface Holder {
  readonly uid: string;
  /** `namespace/name` */
  readonly key: string;
  readonly server: string;
  readonly weight: number;
  /** Started past the gate by a user. */
  readonly isForced: boolean;
  /** Slots in use now. */
  readonly use: number;
  /** Whether the gate has let him go, as things are now. */
  readonly isOpen: boolean;
  readonly isGone: boolean;
  /** Never admitted so far, so that nothing has to end before. */
  readonly isFresh: boolean;
  readonly waiting: Waiting | undefined;
}

export class JobHolder implements Holder {
  readonly uid: string;
  readonly key: string;
  readonly server: string;
  readonly weight: number;
  readonly #slotsPerPod: number;
  readonly #pods = new Set<string>();
  #job: JobObject;
  isGone = false;
  isForced = false;

  constructor(job: JobObject) {
    const { uid, namespace, name, labels } = job.metadata;
    this.uid = uid;
    this.key = `${namespace}/${name}`;
    this.server = `${namespace}/${labels?.[SERVER] ?? ''}`;
    this.#slotsPerPod = slotsOf(job);
    this.weight = Math.max(this.#slotsPerPod, job.spec.parallelism ?? 1);
    this.#job = job;
    this.take(job);
  }

  take(job: JobObject | undefined): void {
    this.isGone = job === undefined;
    this.#job = job ?? this.#job;
    if (this.#job.metadata.annotations?.[FORCED] !== undefined) this.isForced = true;
  }

  /** Whether a pod of it may still work. */
  setPod(uid: string, isAlive: boolean): void {
    if (isAlive) this.#pods.add(uid);
    else this.#pods.delete(uid);
  }

  get pods(): number {
    return this.#pods.size;
  }

  get isOpen(): boolean {
    return !this.isGone && this.#job.spec.suspend !== true && !isFinished(this.#job);
  }

  get isFinished(): boolean {
    return isFinished(this.#job);
  }

  get state(): string | undefined {
    return this.#job.metadata.annotations?.[QUEUE_STATE];
  }

  get isStopping(): boolean {
    return this.#job.metadata.deletionTimestamp !== undefined;
  }

  /** A Job that runs may start its pods any moment; one that is suspended or gone has those that are left. */
  get use(): number {
    return Math.max(this.isOpen ? this.weight : 0, this.#pods.size * this.#slotsPerPod);
  }

  get isFresh(): boolean {
    return this.#job.metadata.generation === 1;
  }

  get waiting(): Waiting | undefined {
    const { metadata, spec } = this.#job;
    if (this.isGone || this.isStopping || this.isFinished || spec.suspend !== true) return undefined;
    if (this.state !== 'Queued') return undefined;
    return {
      priorityClass: spec.template.spec.priorityClassName,
      since: metadata.creationTimestamp,
      seenBy: writerOf(metadata, 'f:metadata', 'f:annotations', `f:${QUEUE_STATE}`),
    };
  }
}

/** What is known of those who hold slots without a Job: their pods, and whether a program still works. */
export interface Workers {
  readonly isAlive: (podUid: string) => boolean;
  readonly isWorking: (executionUid: string) => boolean;
}

export class ExecutionHolder implements Holder {
  readonly uid: string;
  readonly key: string;
  readonly server: string;
  readonly weight: number;
  readonly isForced = false;
  readonly #workers: Workers;
  #execution: ExecutionObject;
  #wasAdmitted = false;
  isGone = false;

  constructor(execution: ExecutionObject, workers: Workers) {
    const { uid, namespace, name } = execution.metadata;
    this.uid = uid;
    this.key = `${namespace}/${name}`;
    this.server = `${namespace}/${execution.spec.serverRef.name}`;
    this.weight = execution.spec.slots;
    this.#workers = workers;
    this.#execution = execution;
    this.take(execution);
  }

  take(execution: ExecutionObject | undefined): void {
    this.isGone = execution === undefined;
    this.#execution = execution ?? this.#execution;
    if (this.isOpen) this.#wasAdmitted = true;
  }

  get isOpen(): boolean {
    return !this.isGone && isTrue(this.#execution, 'Admitted');
  }

  /** Nothing more will become of it. */
  get isOver(): boolean {
    return this.isGone || this.#reason === 'Ended' || this.#reason === 'Expired';
  }

  /** Whoever deletes it says that the work has ended. */
  get use(): number {
    if (this.isGone || !this.#wasAdmitted) return 0;
    const { holderRef } = this.#execution.spec;
    const isInUse =
      holderRef === undefined
        ? this.isOpen || this.#workers.isWorking(this.uid)
        : this.#workers.isAlive(holderRef.uid);
    return isInUse ? this.weight : 0;
  }

  get isFresh(): boolean {
    return !this.#wasAdmitted;
  }

  get waiting(): Waiting | undefined {
    const { metadata, spec } = this.#execution;
    if (this.isGone || metadata.deletionTimestamp !== undefined || this.#reason !== 'Queued')
      return undefined;
    return {
      priorityClass: spec.priorityClassName,
      since: metadata.creationTimestamp,
      seenBy: writerOf(metadata, 'f:status', 'f:conditions', 'k:{"type":"Admitted"}', 'f:reason'),
    };
  }

  get #reason(): string | undefined {
    return this.#execution.status?.conditions?.find(({ type }) => type === 'Admitted')?.reason;
  }
}
