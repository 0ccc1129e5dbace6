import { ApiError } from '../../src/kubernetes/api-error.ts';
import { collectionPath, LEASES, objectPath } from '../../src/kubernetes/resource.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import { isAdmitted } from '../../src/reconcilers/executions/release.ts';
import type { QlikExecution } from '../../src/api/qlikexecution.ts';
import type { Random } from '../chaos/random.ts';
import type { Actor } from '../simulated-api/actor.ts';
import type { SimulatedApiServer } from '../simulated-api/api-server.ts';
import { QLIK_EXECUTIONS } from '../simulated-api/resources.ts';

export interface WorkerOptions {
  readonly server: SimulatedApiServer;
  readonly now: () => number;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  /** Name of the QlikServer. */
  readonly uses: string;
}

/** Seconds of its slot lease: the least there may be. */
const LEASE = 10;

/**
 * A worker that is no Job. It keeps the contract of docs/qlikexecution.md: it works at most one leaseDuration after sending
 * a renewal that a later GET has confirmed. At times it does not come to renewing in time.
 */
export class Worker implements Actor {
  readonly uid: string;
  readonly slots: number;
  readonly #options: WorkerOptions;
  readonly #at: { readonly namespace: string; readonly name: string };
  #turnsLeft: number;
  #sentAt: number | undefined;
  #worksUntil = 0;
  #nextAt: number | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { now, random, namespace, name, uses } = options;
    this.#at = { namespace, name };
    this.#turnsLeft = random.between(1, 12);
    this.slots = random.between(1, 2);
    const made = this.#send('POST', collectionPath(QLIK_EXECUTIONS, namespace), {
      metadata: { name },
      spec: { serverRef: { name: uses }, slots: this.slots, leaseDurationSeconds: LEASE },
    });
    this.uid = made!.metadata.uid;
    this.#send('POST', collectionPath(LEASES, namespace), { metadata: { name } });
    this.#nextAt = now() + 1_000;
  }

  get nextAt(): number | undefined {
    return this.#nextAt;
  }

  /** By turns it sends a renewal and asks whether it counts. */
  runNext(): void {
    if (this.#sentAt === undefined) this.#renew();
    else this.#confirm(this.#sentAt);
  }

  #renew(): void {
    const { now, random } = this.#options;
    this.#sentAt = now();
    const renewTime = `${new Date(now()).toISOString().slice(0, -1)}000Z`;
    this.#send('PATCH', objectPath(LEASES, this.#at), { spec: { renewTime } });
    this.#nextAt = now() + random.between(1, 2_000);
  }

  #confirm(sentAt: number): void {
    const { now, random } = this.#options;
    const execution = this.#read();
    this.#sentAt = undefined;
    this.#nextAt = now() + random.between(1, random.chance(0.1) ? 40_000 : 5_000);
    if (isHeld(execution)) {
      this.#worksUntil = sentAt + LEASE * 1_000;
      this.#turnsLeft -= 1;
    }
    if (this.#turnsLeft === 0) this.#worksUntil = now();
    if (this.#turnsLeft > 0 && !isLost(execution)) return;
    if (this.#worksUntil > now()) this.#nextAt = this.#worksUntil;
    else this.#leave();
  }

  /** Whether it works, or may begin to any moment. */
  isWorking(): boolean {
    if (this.#nextAt === undefined) return false;
    return isHeld(this.#read()) || this.#options.now() < this.#worksUntil;
  }

  /** Work has ended. */
  #leave(): void {
    this.#nextAt = undefined;
    this.#send('DELETE', objectPath(QLIK_EXECUTIONS, this.#at));
  }

  #read(): QlikExecution | undefined {
    return this.#send('GET', objectPath(QLIK_EXECUTIONS, this.#at));
  }

  /** Undefined where there is none of that name. */
  #send(method: ApiRequest['method'], path: string, body?: unknown): QlikExecution | undefined {
    try {
      return this.#options.server.handle({ method, path, body }) as QlikExecution;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }
}

function isLost(execution: QlikExecution | undefined): boolean {
  return execution === undefined || execution.status?.expiredTime !== undefined;
}

function isHeld(execution: QlikExecution | undefined): boolean {
  return execution !== undefined && !isLost(execution) && isAdmitted(execution);
}
