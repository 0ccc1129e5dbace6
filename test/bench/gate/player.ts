import PQueue from 'p-queue';
import type { Access } from '../../controlplane/kubeconfig.ts';
import { until } from '../../controlplane/until.ts';
import { type Api, PATHS } from '../../integration/server/api.ts';
import { type BenchJob, completion, isAdmitted, isComplete, isQueued, waitingJob } from './bench-job.ts';
import { JobWatch } from './job-watch.ts';

/** Requests in flight. */
const AT_A_TIME = 16;
const PATIENCE = { deadlineMs: 300_000, everyMs: 20 };

/** Plays users and the Job controller in one namespace: creates Jobs, sees them admitted, and ends them. */
export class Player implements AsyncDisposable {
  readonly #api: Api;
  readonly #namespace: string;
  /** By name, on the clock of this process: when what was first seen. */
  readonly #queued = new Map<string, number>();
  readonly #admitted = new Map<string, number>();
  readonly #completed = new Map<string, number>();
  #watch: JobWatch | undefined;
  #endsAtOnce = false;
  readonly #requests = new PQueue({ concurrency: AT_A_TIME });
  #failure: unknown;

  private constructor(api: Api, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  static async open(api: Api, access: Access, namespace: string): Promise<Player> {
    const player = new Player(api, namespace);
    player.#watch = await JobWatch.open(access, namespace, (job) => player.#seen(job));
    return player;
  }

  #seen(job: BenchJob): void {
    const { name } = job.metadata;
    const now = performance.now();
    const note = (times: Map<string, number>) => times.has(name) || times.set(name, now);
    if (isQueued(job)) note(this.#queued);
    if (isComplete(job)) note(this.#completed);
    else if (isAdmitted(job) && !this.#admitted.has(name) && this.#endsAtOnce)
      this.end([name]).catch((error: unknown) => (this.#failure = error));
    if (isAdmitted(job)) note(this.#admitted);
  }

  /** Creates Jobs that wait for a slot of that server each. */
  async create(jobs: readonly { readonly name: string; readonly server: string }[]): Promise<void> {
    const path = PATHS.jobs(this.#namespace);
    await this.#requests.addAll(
      jobs.map(
        ({ name, server }) =>
          () =>
            this.#api.create(path, waitingJob(name, server)),
      ),
    );
  }

  async end(names: readonly string[]): Promise<void> {
    const path = (name: string) => `${PATHS.jobs(this.#namespace)}/${name}/status`;
    await this.#requests.addAll(
      names.map((name) => () => this.#api.patch(path(name), completion(new Date()))),
    );
  }

  /** Jobs end from now on as soon as they are admitted. */
  endAtOnce(): void {
    this.#endsAtOnce = true;
  }

  /** As many as are admitted by now end, and no more. */
  async endNoMore(): Promise<void> {
    this.#endsAtOnce = false;
    await this.#requests.onIdle();
  }

  async seeQueued(names: readonly string[]): Promise<void> {
    await this.#see('queued', this.#queued, names);
  }

  /** When the last of them was seen admitted. */
  async seeAdmitted(names: readonly string[]): Promise<number> {
    await this.#see('admitted', this.#admitted, names);
    return Math.max(...names.map((name) => this.#admitted.get(name)!));
  }

  /** The first of them that is admitted, and when it was seen. */
  async seeFirstAdmitted(names: readonly string[]): Promise<{ readonly name: string; readonly at: number }> {
    const find = () => names.find((name) => this.#admitted.has(name));
    await this.#until('a Job is admitted', () => find() !== undefined);
    const name = find()!;
    return { name, at: this.#admitted.get(name)! };
  }

  /** When it was seen that it has ended. */
  async seeCompleted(name: string): Promise<number> {
    await this.#see('complete', this.#completed, [name]);
    return this.#completed.get(name)!;
  }

  async #see(what: string, times: ReadonlyMap<string, number>, names: readonly string[]): Promise<void> {
    await this.#until(`${names.length} Jobs are ${what}`, () => names.every((name) => times.has(name)));
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const look = (): boolean => {
      this.#watch?.assertOpen();
      if (this.#failure !== undefined) throw new Error('A Job could not be ended', { cause: this.#failure });
      return holds();
    };
    await until(what, look, PATIENCE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]();
  }
}
