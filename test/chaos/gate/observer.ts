import type { Version } from '../../controlplane/history.ts';
import { Account } from './account.ts';
import { ExecutionHolder, type Holder, JobHolder, type Workers } from './holder.ts';
import {
  type ExecutionObject,
  isAlive,
  type JobObject,
  type LedgerObject,
  type PodObject,
  type ServerObject,
  writerOf,
} from './objects.ts';
import { passedBy } from './order.ts';

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const KIND =
  /^(?:kpimailer\.io\/)?(jobs|pods|qlikservers|qlikexecutions|qlikexecutionledgers|priorityclasses)\/(.+)$/u;

type Kind = 'jobs' | 'pods' | 'qlikservers' | 'qlikexecutions' | 'qlikexecutionledgers' | 'priorityclasses';

/** Takes a version of an object of one kind. */
type Taker = (
  object: unknown,
  about: { readonly key: string; readonly name: string; readonly now: number },
) => void;

/** What was seen, for the last lines of a run. */
export interface Counts {
  versions: number;
  jobsAdmitted: number;
  executionsAdmitted: number;
  forced: number;
  pods: number;
  /** The most pods at once that were being deleted and might still work. */
  mostStopping: number;
  /** How many of those who were forced took more slots than there were. */
  overByUsers: number;
  comparedInOrder: number;
}

/** Judges the gate by the history of all objects alone: it asks nobody, and knows nothing of how the operator decides. */
export class Observer {
  readonly violations: string[] = [];
  readonly counts: Counts = {
    versions: 0,
    jobsAdmitted: 0,
    executionsAdmitted: 0,
    forced: 0,
    pods: 0,
    mostStopping: 0,
    overByUsers: 0,
    comparedInOrder: 0,
  };
  readonly jobs = new Map<string, JobHolder>();
  readonly executions = new Map<string, ExecutionHolder>();
  /** Those that are there. */
  readonly servers = new Set<string>();
  readonly #accounts = new Map<string, Account>();
  /** Uids by the key of what is there now. */
  readonly #uids = new Map<string, string>();
  readonly #pods = new Map<string, PodObject>();
  readonly #priorities = new Map<string, number>();
  readonly #workers: Workers;
  #revision = 0;
  readonly #takers: Readonly<Record<Kind, Taker>> = {
    jobs: (job, { key }) => this.#takeJob(key, job as JobObject | undefined),
    pods: (pod, { key }) => this.#takePod(key, pod as PodObject | undefined),
    qlikservers: (server, { name, now }) => this.#takeServer(name, server as ServerObject | undefined, now),
    qlikexecutions: (execution, { key }) =>
      this.#takeExecution(key, execution as ExecutionObject | undefined),
    qlikexecutionledgers: (ledger, { name, now }) =>
      this.#takeLedger(name, ledger as LedgerObject | undefined, now),
    priorityclasses: (found, { name }) => this.#takePriority(name, found as { value: number } | undefined),
  };

  /** `isWorking`: whether a program still works that holds a slot by its Lease. */
  constructor(isWorking: Workers['isWorking'] = () => false) {
    this.#workers = {
      isAlive: (uid) => {
        const pod = this.#pods.get(uid);
        return pod !== undefined && isAlive(pod);
      },
      isWorking,
    };
  }

  get revision(): number {
    return this.#revision;
  }

  get summary(): string {
    const { counts } = this;
    return [
      `${counts.jobsAdmitted} Jobs and ${counts.executionsAdmitted} QlikExecutions were admitted`,
      `${counts.comparedInOrder} comparisons of their order`,
      `${counts.forced} Jobs were started past the gate, ${counts.overByUsers} of them beyond the limit`,
      `${counts.pods} pods, at most ${counts.mostStopping} stopping at once`,
      `${counts.versions} versions of objects`,
    ].join(', ');
  }

  /** The server that a ledger is of. */
  account(server: string): Account {
    const account = this.#accounts.get(server) ?? new Account();
    this.#accounts.set(server, account);
    return account;
  }

  /** `now`: milliseconds of any clock. */
  take({ key, revision, object }: Version, now: number): void {
    this.#revision = revision;
    const [, kind, name = ''] = KIND.exec(key) ?? [];
    if (kind === undefined) return;
    this.counts.versions += 1;
    this.#takers[kind as Kind](object, { key, name, now });
  }

  #takePriority(name: string, priorityClass: { readonly value: number } | undefined): void {
    if (priorityClass !== undefined) this.#priorities.set(name, priorityClass.value);
  }

  #takeServer(name: string, server: ServerObject | undefined, now: number): void {
    if (server === undefined) this.servers.delete(name);
    else this.servers.add(name);
    if (server !== undefined) this.account(name).takeServer(server, now);
  }

  #takeJob(key: string, job: JobObject | undefined): void {
    const holder = this.#holder(this.jobs, key, job, (made) => new JobHolder(made));
    if (holder === undefined) return;
    const [wasOpen, wasForced] = [holder.before?.isOpen === true, holder.before?.isForced === true];
    const { isForced, isOpen } = holder.now;
    if (isForced && !wasForced) this.#forced(holder.now);
    if (!isOpen || wasOpen || isForced) return;
    this.counts.jobsAdmitted += 1;
    this.#judge(holder.now, 'is admitted');
  }

  #takeExecution(key: string, execution: ExecutionObject | undefined): void {
    const make = (made: ExecutionObject) => new ExecutionHolder(made, this.#workers);
    const holder = this.#holder(this.executions, key, execution, make);
    if (holder === undefined || !holder.now.isOpen || holder.before?.isOpen === true) return;
    this.counts.executionsAdmitted += 1;
    this.#judge(holder.now, 'is admitted');
  }

  /** The holder that a version is of, as he was before and as he is now. */
  #holder<T extends { readonly metadata: { readonly uid: string } }, H extends JobHolder | ExecutionHolder>(
    holders: Map<string, H>,
    key: string,
    object: T | undefined,
    make: (object: T) => H,
  ): { readonly before: Pick<Holder, 'isOpen' | 'isForced'> | undefined; readonly now: H } | undefined {
    const uid = object?.metadata.uid ?? this.#uids.get(key);
    if (uid === undefined) return undefined;
    if (object === undefined) this.#uids.delete(key);
    else this.#uids.set(key, uid);
    const known = holders.get(uid);
    const before = known === undefined ? undefined : { isOpen: known.isOpen, isForced: known.isForced };
    const now = known ?? (object === undefined ? undefined : make(object));
    if (now === undefined) return undefined;
    (now as { take: (object: T | undefined) => void }).take(object);
    holders.set(uid, now);
    return { before, now };
  }

  #takePod(key: string, pod: PodObject | undefined): void {
    const before = this.#pods.get(this.#uids.get(key) ?? '');
    const known = pod ?? before;
    if (known === undefined) return;
    const { uid } = known.metadata;
    this.#keepPod(key, uid, pod);
    const job = this.#jobOf(known);
    job?.setPod(uid, pod !== undefined && isAlive(pod));
    this.#countStopping();
    if (pod !== undefined && before?.metadata.uid !== uid) this.#started(pod, job);
  }

  #jobOf({ metadata }: PodObject): JobHolder | undefined {
    return this.jobs.get(metadata.labels?.[CONTROLLER_UID] ?? '');
  }

  #started({ metadata }: PodObject, job: JobHolder | undefined): void {
    this.counts.pods += 1;
    if (job !== undefined && !job.isForced) this.#judge(job, `starts ${metadata.name}`);
  }

  #keepPod(key: string, uid: string, pod: PodObject | undefined): void {
    if (pod === undefined) {
      this.#uids.delete(key);
      this.#pods.delete(uid);
    } else {
      this.#uids.set(key, uid);
      this.#pods.set(uid, pod);
    }
  }

  #countStopping(): void {
    const stopping = [...this.#pods.values()].filter(
      (pod) => pod.metadata.deletionTimestamp !== undefined && isAlive(pod),
    );
    this.counts.mostStopping = Math.max(this.counts.mostStopping, stopping.length);
  }

  #takeLedger(name: string, ledger: LedgerObject | undefined, now: number): void {
    const server = nameOfServer(name);
    const account = this.account(server);
    const { wrong, reserved } = account.takeLedger(ledger);
    for (const what of wrong) this.#violated(`the ledger of ${server} ${what}`);
    if (ledger === undefined) return;
    for (const uid of reserved) this.#judgeOrder(uid, { ledger, account, now });
    for (const holder of this.#holdersOf(server)) this.#judgeEntry(holder, account);
  }

  /** Nobody who had a worse place in the queue goes before somebody whom the leader had seen. */
  #judgeOrder(
    uid: string,
    { ledger, account, now }: { ledger: LedgerObject; account: Account; now: number },
  ): void {
    const first = this.jobs.get(uid) ?? this.executions.get(uid);
    if (first === undefined) return;
    const { names, compared } = passedBy(first, {
      holders: this.#holdersOf(first.server),
      priorityOf: (className) => this.#priorities.get(className ?? '') ?? 0,
      hasEntry: (other) => account.hasEntry(other),
      by: writerOf(ledger.metadata, 'f:ledger', 'f:entries', `k:{"uid":"${uid}"}`, 'f:attempt'),
      limit: account.leastLimit(now),
    });
    this.counts.comparedInOrder += compared;
    if (names.length > 0) this.#violated(`${first.key} passes ${names.join(', ')}`);
  }

  /** Whoever uses slots has an entry, unless the ledger is being filled. */
  #judgeEntry(holder: Holder, account: Account): void {
    if (!account.isReady || holder.isForced || holder.use === 0 || account.hasEntry(holder.uid)) return;
    this.#violated(`${holder.key} uses ${holder.use} slots of ${holder.server} without an entry`);
  }

  /**
   * Somebody takes slots. With him there are no more in use than the limit that was in force when they were reserved for
   * him, or any that came into force since. Those whom users have forced count as far as the ledger had them then.
   */
  #judge(holder: Holder, what: string): void {
    const account = this.account(holder.server);
    this.#judgeEntry(holder, account);
    const reservation = account.reservationOf(holder.uid);
    if (reservation === undefined) {
      this.#violated(`${holder.key} ${what} and never had slots`);
      return;
    }
    const limit = Math.max(...account.limitsSince(reservation));
    const users = [...this.#holdersOf(holder.server)].filter(({ use }) => use > 0);
    const admitted = users.filter((user) => !user.isForced || reservation.entries.has(user.uid));
    if (sum(admitted) <= limit) return;
    const list = admitted.map(({ key, use }) => `${key}: ${use}`).join(', ');
    this.#violated(
      `${holder.key} ${what}: ${sum(admitted)} slots of ${holder.server} in use of ${limit} (${list})`,
    );
  }

  /** A user starts somebody past the gate. */
  #forced({ server }: Holder): void {
    this.counts.forced += 1;
    const inUse = sum([...this.#holdersOf(server)]);
    if (inUse > this.account(server).limit) this.counts.overByUsers += 1;
  }

  *#holdersOf(server: string): Iterable<Holder> {
    for (const holder of this.jobs.values()) if (holder.server === server) yield holder;
    for (const holder of this.executions.values()) if (holder.server === server) yield holder;
  }

  #violated(what: string): void {
    this.violations.push(`at ${this.#revision}: ${what}`);
  }
}

function sum(holders: readonly Holder[]): number {
  return holders.reduce((total, { use }) => total + use, 0);
}

/** Ledgers are named `<namespace>.<name>`, in the namespace of the operator. */
function nameOfServer(ledger: string): string {
  return ledger.slice(ledger.indexOf('/') + 1).replace('.', '/');
}
