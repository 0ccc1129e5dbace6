import { QUEUE_STATE_ANNOTATION, REQUEUE_ANNOTATION, SLOTS_LABEL } from '../../src/api/executions.ts';
import { SERVER_LABEL } from '../../src/api/group.ts';
import type { QlikExecutionLedger } from '../../src/api/qlikexecutionledger.ts';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import { collectionPath, objectPath } from '../../src/kubernetes/resource.ts';
import type { ApiRequest } from '../../src/kubernetes/rest.ts';
import type { Random } from '../chaos/random.ts';
import { MINIMAL } from '../integration/crd/specs.ts';
import type { Actor } from '../simulated-api/actor.ts';
import type { SimulatedApiServer } from '../simulated-api/api-server.ts';
import { isFinished, type Job } from '../simulated-api/job.ts';
import { JOBS } from '../simulated-api/jobs.ts';
import type { ApiObject } from '../simulated-api/object.ts';
import { PODS } from '../simulated-api/pods.ts';
import { PRIORITY_CLASSES } from '../simulated-api/priority-classes.ts';
import { NAMESPACES, QLIK_EXECUTION_LEDGERS, QLIK_SERVERS } from '../simulated-api/resources.ts';
import { LEDGER_NAMESPACE } from './operator.ts';
import type { Observer } from './observer.ts';
import { PRIORITIES } from './order.ts';
import { Worker } from './worker.ts';

export const NAMESPACE = 'qlik';
const SERVER = 'finance';
const LEDGER = { namespace: LEDGER_NAMESPACE, name: `${NAMESPACE}.${SERVER}` };
/** Wide enough for every Job there is. */
const WIDEST = 2;

export interface PeopleOptions {
  readonly server: SimulatedApiServer;
  readonly random: Random;
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly observer: Observer;
  readonly onAction: (what: string) => void;
  readonly onWorker: (worker: Worker) => void;
}

/** Whoever makes, changes, deletes and starts Jobs, tunes the limit, and loses or restores the ledger. */
export class People implements Actor {
  readonly #options: PeopleOptions;
  readonly #actions: readonly (readonly [weight: number, act: () => string | undefined])[];
  #nextAt: number;
  #made = 0;
  #backup: ApiObject | undefined;

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#nextAt = options.now();
    const { random } = options;
    this.#actions = [
      [8, () => this.#createJob()],
      [1, () => this.#createWorker()],
      [3, () => this.#setLimit(random.between(1, 3))],
      [3, () => this.#suspend()],
      [3, () => this.#requeue()],
      [2, () => this.#delete()],
      [2, () => this.#changeSlots()],
      [1, () => this.#deletePod()],
      [1, () => this.#unsuspend()],
      [1, () => this.#removeLabel()],
      [1, () => this.#backUp()],
      [1, () => this.#loseLedger()],
      [1, () => this.#suspendServer(random.chance(0.2))],
    ];
    this.#prepare();
  }

  get nextAt(): number | undefined {
    return this.#nextAt < this.#options.until ? this.#nextAt : undefined;
  }

  runNext(): void {
    const { random, now, onAction } = this.#options;
    this.#nextAt = now() + random.between(1, random.chance(0.5) ? 1_000 : 15_000);
    const total = this.#actions.reduce((sum, [weight]) => sum + weight, 0);
    let drawn = random.between(1, total);
    const [, act] = this.#actions.find(([weight]) => (drawn -= weight) <= 0)!;
    const what = act();
    if (what !== undefined) onAction(what);
  }

  /** Now is a bad moment, so something is done at once. */
  hurry(): void {
    const { now, random } = this.#options;
    if (random.chance(0.2)) this.#nextAt = now() + random.between(1, 30);
  }

  /** Lets everybody have a turn who could: the limit is wide enough, and whoever was put aside is put back. */
  makePeace(): void {
    this.#changeServer({ maxParallelExecutions: 3, suspend: false });
    for (const job of this.#jobs()) {
      const state = job.metadata.annotations?.[QUEUE_STATE_ANNOTATION];
      if (job.spec.suspend && state !== undefined && state !== 'Queued') this.#putBack(job);
    }
  }

  #prepare(): void {
    for (const name of [NAMESPACE, LEDGER_NAMESPACE])
      this.#send('POST', collectionPath(NAMESPACES), { metadata: { name } });
    for (const [name, value] of Object.entries(PRIORITIES))
      this.#send('POST', collectionPath(PRIORITY_CLASSES), { metadata: { name }, value });
    this.#send('POST', collectionPath(QLIK_SERVERS, NAMESPACE), {
      metadata: { name: SERVER },
      spec: {
        ...MINIMAL,
        maxParallelExecutions: this.#options.random.between(1, 2),
        executions: { whenDisconnected: 'Run' },
      },
    });
  }

  #createJob(): string {
    const { random } = this.#options;
    this.#made += 1;
    const name = `job-${this.#made}`;
    const parallelism = random.chance(0.2) ? WIDEST : 1;
    const slots = random.chance(0.2) ? { [SLOTS_LABEL]: String(random.between(1, WIDEST)) } : {};
    const priority = random.chance(0.5) ? { priorityClassName: random.pick(['high', 'low']) } : {};
    this.#send('POST', collectionPath(JOBS, NAMESPACE), {
      metadata: { name, labels: { [SERVER_LABEL]: SERVER, ...slots } },
      spec: {
        suspend: true,
        parallelism,
        completions: parallelism,
        backoffLimit: random.between(0, 1),
        podReplacementPolicy: 'Failed',
        template: {
          spec: { ...priority, restartPolicy: 'Never', containers: [{ name: 'report', image: 'none' }] },
        },
      },
    });
    return `create ${name}`;
  }

  #createWorker(): string {
    const { server, now, random, onWorker } = this.#options;
    this.#made += 1;
    const name = `worker-${this.#made}`;
    onWorker(new Worker({ server, now, random, namespace: NAMESPACE, name, uses: SERVER }));
    return `create ${name}`;
  }

  #setLimit(maxParallelExecutions: number): string {
    this.#changeServer({ maxParallelExecutions });
    return `limit ${maxParallelExecutions}`;
  }

  /** While it is suspended nobody is admitted; mostly it is not for long. */
  #suspendServer(suspend: boolean): string {
    this.#changeServer({ suspend });
    return suspend ? 'suspend the server' : 'resume the server';
  }

  #changeServer(spec: object): void {
    this.#send('PATCH', objectPath(QLIK_SERVERS, { namespace: NAMESPACE, name: SERVER }), { spec });
  }

  #suspend(): string | undefined {
    return this.#change('suspend', ({ spec }) => !spec.suspend, { spec: { suspend: true } });
  }

  #unsuspend(): string | undefined {
    const job = this.#pick(({ spec }) => spec.suspend);
    if (job === undefined) return undefined;
    const isLabelled = job.spec.template.metadata?.labels?.[SERVER_LABEL] !== undefined;
    this.#options.observer.startedByHand(job.metadata.uid, { isLabelled });
    this.#patch(job, { spec: { suspend: false } });
    return `start ${job.metadata.name} past the queue`;
  }

  #requeue(): string | undefined {
    const job = this.#pick(({ spec }) => spec.suspend);
    if (job !== undefined) this.#putBack(job);
    return job && `requeue ${job.metadata.name}`;
  }

  #putBack(job: Job): void {
    this.#patch(job, { metadata: { annotations: { [REQUEUE_ANNOTATION]: 'yes' } } });
  }

  #changeSlots(): string | undefined {
    const slots = String(this.#options.random.between(1, WIDEST));
    const labels = { [SLOTS_LABEL]: slots };
    return this.#change(`slots ${slots}`, ({ spec }) => spec.suspend, { metadata: { labels } });
  }

  #removeLabel(): string | undefined {
    return this.#change('take the label of', () => true, { metadata: { labels: { [SERVER_LABEL]: null } } });
  }

  #delete(): string | undefined {
    const job = this.#pick(() => true);
    const propagationPolicy = this.#options.random.pick(['Background', 'Foreground', 'Orphan']);
    if (job !== undefined) this.#send('DELETE', pathOf(job), { propagationPolicy });
    return job && `delete ${job.metadata.name} (${propagationPolicy})`;
  }

  #deletePod(): string | undefined {
    const { server, random } = this.#options;
    const pods = server.objects(PODS);
    if (pods.length === 0) return undefined;
    const { metadata } = random.pick(pods);
    this.#send('DELETE', objectPath(PODS, { namespace: NAMESPACE, name: metadata.name }));
    return `delete the pod ${metadata.name}`;
  }

  #backUp(): string | undefined {
    this.#backup = this.#options.server.objects(QLIK_EXECUTION_LEDGERS)[0];
    return this.#backup && 'back up the ledger';
  }

  /** With a backup it is restored: as it was, but for its uid. */
  #loseLedger(): string {
    this.#send('DELETE', objectPath(QLIK_EXECUTION_LEDGERS, LEDGER));
    if (this.#backup === undefined) return 'lose the ledger';
    const { labels } = this.#backup.metadata;
    this.#send('POST', collectionPath(QLIK_EXECUTION_LEDGERS, LEDGER_NAMESPACE), {
      metadata: { name: LEDGER.name, labels },
      ledger: this.#backup['ledger'],
    });
    this.#backup = undefined;
    return 'restore the ledger from a backup';
  }

  #change(what: string, isMeant: (job: Job) => boolean, body: unknown): string | undefined {
    const job = this.#pick(isMeant);
    if (job !== undefined) this.#patch(job, body);
    return job && `${what} ${job.metadata.name}`;
  }

  #patch(job: Job, body: unknown): void {
    this.#send('PATCH', pathOf(job), body);
  }

  #pick(isMeant: (job: Job) => boolean): Job | undefined {
    const { random } = this.#options;
    const jobs = this.#jobs().filter((job) => isMeant(job) && !isFinished(job));
    // Most delicate is who was given slots and does not run yet, or runs and the Job controller has not heard of it.
    const given = new Set(this.#entries());
    const reserved = jobs.filter(({ metadata, spec }) => spec.suspend && given.has(metadata.uid));
    const busy = jobs.filter(({ spec }) => !spec.suspend);
    const fresh = busy.filter(({ status }) => status.startTime === undefined);
    const among = [reserved, fresh, busy].find(({ length }) => length > 0 && random.chance(0.5)) ?? jobs;
    return among.length === 0 ? undefined : random.pick(among);
  }

  /** Uids of those whom the ledger gives slots. */
  #entries(): string[] {
    const ledgers = this.#options.server.objects(QLIK_EXECUTION_LEDGERS) as unknown as QlikExecutionLedger[];
    return ledgers.flatMap(({ ledger }) => ledger.entries.map(({ uid }) => uid));
  }

  #jobs(): readonly Job[] {
    return this.#options.server.objects(JOBS) as Job[];
  }

  /** What the API server refuses a person has asked for in vain. */
  #send(method: ApiRequest['method'], path: string, body?: unknown): void {
    try {
      this.#options.server.handle({ method, path, body });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

function pathOf({ metadata: { namespace = '', name } }: Job): string {
  return objectPath(JOBS, { namespace, name });
}
