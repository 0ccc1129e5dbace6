import type { QlikExecutionLedger } from '../../src/api/qlikexecutionledger.ts';
import { SERVER_LABEL } from '../../src/api/group.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { SimulatedApiServer } from '../simulated-api/api-server.ts';
import { isFinished, type Job } from '../simulated-api/job.ts';
import { JOBS } from '../simulated-api/jobs.ts';
import type { ApiObject } from '../simulated-api/object.ts';
import type { Change } from '../simulated-api/object-store.ts';
import { controllerOf } from '../simulated-api/owner.ts';
import { isTerminal, PODS, type Pod } from '../simulated-api/pods.ts';
import { QLIK_EXECUTION_LEDGERS } from '../simulated-api/resources.ts';
import { LimitsInForce, type Reservation } from './limits-in-force.ts';
import { passedOver } from './order.ts';
import type { Operator } from './operator.ts';
import { slotsOf } from './slots.ts';
import type { Worker } from './worker.ts';

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

interface Admission extends Reservation {
  readonly uid: string;
  readonly limit: number;
}

/**
 * Counts by itself who takes up slots, from what the API server holds: pods neither Succeeded nor Failed, terminating ones
 * too; Jobs that may get pods any moment; workers that hold a slot lease. It shares nothing with the gate.
 */
export class Observer {
  readonly breaches: string[] = [];
  readonly limits = new LimitsInForce();
  readonly workers = new Map<string, Worker>();
  admissions = 0;
  #ledger: QlikExecutionLedger | undefined;
  #before: QlikExecutionLedger | undefined;
  /** By uid of the Job, the uids of its live pods. */
  readonly #pods = new Map<string, Set<string>>();
  readonly #jobs = new Map<string, Job>();
  readonly #weights = new Map<string, number>();
  #admitted: readonly Admission[] = [];

  constructor(server: SimulatedApiServer) {
    server.onChange(JOBS, (change) => this.#onJob(change));
    server.onChange(PODS, (change) => this.#onPod(change));
    server.onChange(QLIK_EXECUTION_LEDGERS, (change) => this.#onLedger(change));
  }

  /** A person unsuspends a Job: what comes of it is of no admission any more, neither its own nor anybody else's. */
  startedByHand(uid: string, labels: { readonly isLabelled: boolean }): void {
    this.limits.startedByHand(uid, labels);
    this.#admitted = this.#admitted.filter((admission) => admission.uid !== uid);
  }

  /** A request of an operator took effect. */
  applied(operator: Operator, name: string, request: ApiRequest, answer: unknown): void {
    const { method, path, body } = request;
    if (method === 'PUT' && path.includes('/qlikexecutionledgers/')) this.#reserved(operator, name, request);
    if (method === 'PATCH' && isAdmission(body)) this.#onAdmitted(name, answer as ApiObject);
  }

  /** How many slots a Job or a worker takes up by now. */
  used(uid: string): number {
    const pods = this.#pods.get(uid)?.size ?? 0;
    const job = this.#jobs.get(uid);
    const mayGetPods = job !== undefined && !job.spec.suspend && !isFinished(job);
    const worker = this.workers.get(uid);
    if (worker !== undefined) return worker.isWorking() ? worker.slots : 0;
    return pods > 0 || mayGetPods ? Math.max(this.#weightOf(uid), pods) : 0;
  }

  #onJob({ type, object }: Change): void {
    const job = object as Job;
    const { uid } = job.metadata;
    const wasSuspended = this.#jobs.get(uid)?.spec.suspend ?? true;
    if (type === 'DELETED') this.#jobs.delete(uid);
    else this.#jobs.set(uid, job);
    // What it takes up is what it had when it was started; it may be labelled otherwise meanwhile.
    if (wasSuspended && !job.spec.suspend) this.#weights.set(uid, slotsOf(job));
  }

  #onPod({ type, object }: Change): void {
    const pod = object as Pod;
    const uid = pod.metadata.labels?.[CONTROLLER_UID] ?? controllerOf(pod)?.uid;
    if (uid === undefined) return;
    const live = this.#pods.get(uid) ?? new Set();
    this.#pods.set(uid, live);
    if (type === 'DELETED' || isTerminal(pod)) live.delete(pod.metadata.uid);
    else live.add(pod.metadata.uid);
    if (type === 'ADDED') this.#checkPods(pod.metadata.name);
  }

  /** What was admitted last fitted beside all others that have pods still. */
  #checkPods(name: string): void {
    const alive = [
      ...[...this.#pods].filter(([, live]) => live.size > 0).map(([uid]) => uid),
      ...[...this.workers.values()].filter((worker) => worker.isWorking()).map(({ uid }) => uid),
    ];
    const last = this.#admitted.findLast(({ uid }) => alive.includes(uid));
    if (last === undefined) return;
    this.#check(`the pod ${name} has come into being`, last, alive);
  }

  #onLedger({ type, object }: Change): void {
    this.#before = this.#ledger;
    this.#ledger = type === 'DELETED' ? undefined : (object as unknown as QlikExecutionLedger);
    if (this.#ledger === undefined) return;
    this.limits.told(this.#ledger, {
      weightOf: (uid) => this.#weightOf(uid),
      isKnown: (uid) => {
        const job = this.#jobs.get(uid);
        return job?.metadata.labels?.[SERVER_LABEL] !== undefined && !job.spec.suspend;
      },
      isRebuilt: this.#isRebuilt(),
    });
  }

  /** The last write has filled a ledger anew. */
  #isRebuilt(): boolean {
    return this.#before?.ledger.readyUid !== this.#ledger?.ledger.readyUid;
  }

  #reserved(operator: Operator, name: string, request: ApiRequest): void {
    const attempts = new Map(this.#before?.ledger.entries.map(({ uid, attempt }) => [uid, attempt]));
    const entries = this.#ledger?.ledger.entries ?? [];
    const reserved = entries.filter(({ uid, attempt }) => attempt > (attempts.get(uid) ?? 0));
    for (const { uid } of reserved) this.limits.reserved(name, uid);
    if (this.#isRebuilt()) return;
    // What runs already is counted, and not admitted.
    const admitted = reserved.filter(({ uid }) => this.#jobs.get(uid)?.spec.suspend === true);
    const uids = { reserved: admitted.map(({ uid }) => uid), entries: entries.map(({ uid }) => uid) };
    this.breaches.push(...passedOver({ operator, request, ...uids }));
  }

  #onAdmitted(name: string, { metadata }: ApiObject): void {
    const { uid } = metadata;
    this.admissions += 1;
    const reservation = this.limits.reservationOf(name, uid);
    if (reservation === undefined) {
      this.breaches.push(`${name} has admitted ${metadata.name} without an entry of its own`);
      return;
    }
    const admission = { ...reservation, uid, limit: this.limits.binding(reservation) };
    this.#admitted = [...this.#admitted, admission];
    const all = [...new Set([...this.#jobs.keys(), ...this.#pods.keys(), ...this.workers.keys()])];
    this.#check(`${name} has admitted ${metadata.name}`, admission, all);
  }

  #check(what: string, { uid: own, exempt, limit }: Admission, uids: readonly string[]): void {
    const counted = uids.filter((uid) => uid === own || !(exempt.has(uid) || this.limits.isOutside(uid)));
    const used = counted.map((uid) => this.used(uid));
    const sum = used.reduce((all, one) => all + one, 0);
    if (sum > limit) this.breaches.push(`${what}, and ${sum} slots are taken up of ${limit}`);
  }

  #weightOf(uid: string): number {
    const job = this.#jobs.get(uid);
    return this.#weights.get(uid) ?? (job === undefined ? 1 : slotsOf(job));
  }
}

interface Patch {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: { readonly admittedTime?: string };
}

/** The third step of an admission. */
export function isAdmission(body: unknown): boolean {
  const { spec, status } = (body ?? {}) as Patch;
  return spec?.suspend === false || status?.admittedTime !== undefined;
}
