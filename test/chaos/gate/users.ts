import { type Api, type Json, PATHS } from '../../integration/server/api.ts';
import type { World } from '../../integration/server/world.ts';
import type { Random } from '../random.ts';
import type { JobHolder } from './holder.ts';
import { LeaseHolder } from './lease-holder.ts';
import { DENIED, FORCED, REQUEUE, SERVER, SLOTS } from './objects.ts';
import type { Observer } from './observer.ts';
import { PRIORITY_CLASSES } from './scenery.ts';

/** Unfinished Jobs of a cell at most, or it would take long until the last has had its turn. */
const MOST_JOBS = 16;
const MOST_EXECUTIONS = 6;
export const MAIN = 'qlik';
const PASSING = ['passing-0', 'passing-1'];
/** The first is the usual one, and the one that leaves pods that stop without a Job. */
const PROPAGATION = ['Background', 'Background', 'Foreground', 'Orphan'];

interface UsersOptions {
  readonly api: Api;
  readonly world: World;
  readonly observer: Observer;
  readonly random: Random;
}

/** Those who start executions in a namespace, change their minds, and the limit. */
export class Users {
  readonly #api: Api;
  readonly #world: World;
  readonly #observer: Observer;
  readonly #random: Random;
  readonly #holders = new Map<string, LeaseHolder>();
  readonly #leaving = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #actions: readonly (() => Promise<unknown>)[];
  #made = 0;

  constructor({ api, world, observer, random }: UsersOptions) {
    this.#api = api;
    this.#world = world;
    this.#observer = observer;
    this.#random = random;
    const often = (times: number, act: () => Promise<unknown>) => Array.from({ length: times }, () => act);
    this.#actions = [
      ...often(20, () => this.#createJob(MAIN)),
      ...often(6, () => this.#deleteJob()),
      ...often(2, () => this.#suspendAgain()),
      ...often(3, () => this.#requeue()),
      ...often(1, () => (random.chance(0.5) ? this.#force() : this.#startPastTheGate())),
      ...often(2, () => this.#changeLimit(random.between(2, 10))),
      ...often(5, () => this.#createPodHolder()),
      ...often(1, () => this.#deletePod()),
      ...often(2, () => this.#createLeaseHolder(MAIN)),
      ...often(2, () => this.#comeOrGo()),
      ...often(1, () => this.#loseLedger()),
    ];
  }

  /** Wants the first slot, for which the ledger is made. */
  begin(): Promise<unknown> {
    return this.#createJob(MAIN);
  }

  /** Whether it is known who holds slots, so that somebody can be admitted. */
  get isGateOpen(): boolean {
    return this.#observer.account(`${this.#world.namespace}/${MAIN}`).isReady;
  }

  /** Does one thing. It may come to nothing while the API server is away. */
  async act(): Promise<void> {
    await this.#random
      .pick(this.#actions)()
      .catch(() => {});
  }

  isWorking(execution: string): boolean {
    return this.#holders.get(execution)?.isWorking === true;
  }

  /** From now on everything may end. */
  async quieten(): Promise<void> {
    this.#leaving.abort();
    await Promise.all(this.#running);
    await this.#changeLimit(8);
    for (const name of PASSING) if (!this.#isThere(name)) await this.#come(name);
  }

  /** Puts back what waits for its users, takes away what can't run, and tells who has not had his turn yet. */
  async unfinished(): Promise<readonly string[]> {
    for (const job of this.#jobs()) {
      if (job.state === 'Held') await this.#put(job).catch(() => {});
      if (job.state?.startsWith('Refused:Invalid') === true)
        await this.#delete(job, 'Background').catch(() => {});
    }
    const jobs = this.#jobs().map(({ key, state, isOpen }) => `Job ${key} (${isOpen ? 'runs' : state})`);
    const executions = this.#executions().map(({ key, isOpen }) => `QlikExecution ${key} (${isOpen})`);
    const entries = [MAIN, ...PASSING].flatMap((name) => {
      const count = this.#observer.account(`${this.#world.namespace}/${name}`).entries;
      return count === 0 ? [] : [`${count} entries of ${this.#world.namespace}/${name}`];
    });
    return [...jobs, ...executions, ...entries];
  }

  /** Those that are there and not finished. */
  #jobs(isWanted: (job: JobHolder) => boolean = () => true): JobHolder[] {
    return [...this.#observer.jobs.values()].filter(
      (job) =>
        !job.isGone && !job.isFinished && job.key.startsWith(`${this.#world.namespace}/`) && isWanted(job),
    );
  }

  #executions() {
    return [...this.#observer.executions.values()].filter(
      ({ key, isOver }) => !isOver && key.startsWith(`${this.#world.namespace}/`),
    );
  }

  async #createJob(server: string, more: { readonly annotations?: Json; readonly suspend?: boolean } = {}) {
    if (this.#jobs().length >= MOST_JOBS) return;
    const random = this.#random;
    const { annotations = {}, suspend = true } = more;
    const [parallelism, slots] = random.pick([[1], [1], [1], [1], [2], [1, 2], [1, 3]]);
    const isDenied = suspend && random.chance(0.15);
    const labels = {
      [SERVER]: server,
      ...(slots === undefined ? {} : { [SLOTS]: String(slots) }),
      ...(isDenied ? { [DENIED]: 'true' } : {}),
    };
    const priority = random.pick([undefined, undefined, ...Object.keys(PRIORITY_CLASSES)]);
    const priorityClassName = isDenied ? 'urgent' : priority;
    await this.#api.create(PATHS.jobs(this.#world.namespace), {
      metadata: { name: this.#name('job'), labels, annotations },
      spec: {
        suspend,
        parallelism,
        completions: parallelism,
        podReplacementPolicy: 'Failed',
        template: {
          metadata: { annotations: this.#life() },
          spec: { ...POD, restartPolicy: 'Never', ...(priorityClassName && { priorityClassName }) },
        },
      },
    });
  }

  /** How long a pod runs, and how long it takes to stop when it is deleted. */
  #life(): Json {
    const stop = this.#random.chance(0.6)
      ? this.#random.between(15_000, 30_000)
      : this.#random.between(0, 4_000);
    return {
      'pod-complete.stage.kwok.x-k8s.io/delay': `${this.#random.between(500, 6_000)}ms`,
      'pod-delete.stage.kwok.x-k8s.io/delay': `${stop}ms`,
    };
  }

  async #deleteJob(): Promise<void> {
    // Mostly one that runs: its pods go on for a while.
    const running = this.#random.chance(0.9);
    const jobs = this.#jobs(({ isOpen, isStopping }) => !isStopping && (isOpen || !running));
    if (jobs.length > 0) await this.#delete(this.#random.pick(jobs), this.#random.pick(PROPAGATION));
  }

  #delete({ key }: JobHolder, propagation: string): Promise<unknown> {
    return this.#api.delete(`${this.#pathOf(key)}?propagationPolicy=${propagation}`);
  }

  async #suspendAgain(): Promise<void> {
    const jobs = this.#jobs(({ isOpen }) => isOpen);
    if (jobs.length === 0) return;
    await this.#api.patch(this.#pathOf(this.#random.pick(jobs).key), { spec: { suspend: true } });
  }

  async #requeue(): Promise<void> {
    const jobs = this.#jobs(({ state }) => state === 'Held');
    if (jobs.length > 0) await this.#put(this.#random.pick(jobs));
  }

  #put({ key }: JobHolder): Promise<unknown> {
    return this.#api.patch(this.#pathOf(key), { metadata: { annotations: { [REQUEUE]: 'now' } } });
  }

  /** Starts a Job that waits. */
  async #force(): Promise<void> {
    const jobs = this.#jobs(({ isOpen }) => !isOpen);
    if (jobs.length === 0) return;
    await this.#api.patch(this.#pathOf(this.#random.pick(jobs).key), {
      metadata: { annotations: { [FORCED]: 'true' } },
      spec: { suspend: false },
    });
  }

  #startPastTheGate(): Promise<void> {
    return this.#createJob(MAIN, { suspend: false, annotations: { [FORCED]: 'true' } });
  }

  #changeLimit(limit: number): Promise<unknown> {
    return this.#world.edit({ maxParallelExecutions: limit }, MAIN);
  }

  /** A pod that works once it has its slot. */
  async #createPodHolder(): Promise<void> {
    if (this.#executions().length >= MOST_EXECUTIONS) return;
    const { namespace } = this.#world;
    const name = this.#name('worker');
    const pod = await this.#api.create<{ metadata: { uid: string } }>(this.#pods, {
      metadata: { name, annotations: this.#life() },
      spec: { ...POD, restartPolicy: 'Never' },
    });
    await this.#api.create(PATHS.executions(namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikExecution',
      metadata: { name },
      spec: {
        serverRef: { name: MAIN },
        slots: this.#random.between(1, 2),
        priorityClassName: 'urgent',
        holderRef: { kind: 'Pod', name, uid: pod.metadata.uid },
      },
    });
  }

  async #deletePod(): Promise<void> {
    const open = this.#executions().filter(({ key }) => key.includes('/worker-'));
    if (open.length === 0) return;
    await this.#api.delete(`${this.#pods}/${this.#random.pick(open).key.split('/')[1]}`);
  }

  async #createLeaseHolder(server: string): Promise<void> {
    if (this.#executions().length >= MOST_EXECUTIONS) return;
    const wishes = { name: this.#name('program'), server, slots: this.#random.between(1, 2) };
    const [renewals, fate] = [
      this.#random.between(0, 2),
      this.#random.pick(['deletes', 'falls silent', 'falls silent'] as const),
    ];
    const holder = await LeaseHolder.create(this.#api, this.#world.namespace, wishes);
    this.#holders.set(holder.uid, holder);
    this.#running.push(holder.run(renewals, fate, this.#leaving.signal));
  }

  /** A server that some want to use before it is there, and that goes again, with or without them. */
  async #comeOrGo(): Promise<void> {
    const name = this.#random.pick(PASSING);
    if (!this.#isThere(name)) return this.#come(name);
    await this.#world.remove(name);
  }

  /** Somebody deletes it, though nobody should: who holds slots must be found out anew. */
  async #loseLedger(): Promise<void> {
    if (!this.#random.chance(0.1)) return;
    const { namespace } = this.#world;
    await this.#api.delete(`${PATHS.ledgers(namespace)}/${namespace}.${MAIN}`);
  }

  async #come(name: string): Promise<void> {
    await this.#createJob(name);
    await this.#createLeaseHolder(name);
    await this.#world.createServer({ maxParallelExecutions: 3, checks: CHECKS }, name);
  }

  #isThere(server: string): boolean {
    return this.#observer.servers.has(`${this.#world.namespace}/${server}`);
  }

  get #pods(): string {
    return `/api/v1/namespaces/${this.#world.namespace}/pods`;
  }

  #pathOf(key: string): string {
    return `${PATHS.jobs(this.#world.namespace)}/${key.split('/')[1]}`;
  }

  #name(kind: string): string {
    this.#made += 1;
    return `${kind}-${this.#made}`;
  }
}

export const CHECKS = { interval: '1h', retryInterval: '1s' };

const POD = { containers: [{ name: 'report', image: 'report' }] };
