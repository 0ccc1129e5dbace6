import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, hasCode } from './api-error.ts';
import { heldBy, isFree, released, type Lease, type LeaseTimes } from './lease.ts';
import { collectionPath, LEASES, objectPath } from './resource.ts';
import { stopwatch, type Stopwatch } from '../time/stopwatch.ts';
import type { ApiClient, Term } from './term.ts';

const RELEASE_TIMEOUT = 2_000;

/** What the people who read the log are told. */
export type ElectionNews =
  | { readonly kind: 'standingBy'; readonly holder: string }
  | { readonly kind: 'leading' }
  | { readonly kind: 'deposed'; readonly why: string }
  /** An attempt failed in another way than the last one. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface ElectionOptions extends LeaseTimes {
  readonly rest: ApiClient;
  readonly namespace: string;
  readonly name: string;
  /** Of this replica; never used by another process. */
  readonly identity: string;
  readonly tell: (news: ElectionNews) => void;
}

/** Sees to it that one replica at a time leads; the others stand by, in their process, and take over. */
export class LeaderElection {
  readonly #options: ElectionOptions;
  #lease: Lease | undefined;
  /** Since this version of the lease was seen first. */
  #seen: Stopwatch = stopwatch();
  #answered: Stopwatch = stopwatch();
  #term: Term | undefined;
  /** Since the term has ended while its work goes on. */
  #overrun: Stopwatch | undefined;
  #problem: string | undefined;
  #toldHolder: string | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** Stands for election, and leads whenever elected, until `stop` aborts; then the lease is given back. */
  async run(stop: AbortSignal, lead: (term: Term) => Promise<void>): Promise<void> {
    while (!stop.aborted) {
      const renewed = await this.#attempt(AbortSignal.any([stop, this.#timeout(Number.POSITIVE_INFINITY)]));
      if (renewed !== undefined) await this.#lead({ renewed, stop, lead });
      else await this.#pause(stop);
    }
  }

  get isLeader(): boolean {
    return this.#term?.isHeld() === true;
  }

  /** Milliseconds since the API server last answered about the lease. */
  get silence(): number {
    return this.#answered();
  }

  /** Milliseconds by which the work of a term has outlived it. */
  get overrun(): number {
    return this.#overrun?.() ?? 0;
  }

  /** Why the lease could not be read or written at the last attempt. */
  get problem(): string | undefined {
    return this.#problem;
  }

  async #lead(term: {
    renewed: Stopwatch;
    stop: AbortSignal;
    lead: (term: Term) => Promise<void>;
  }): Promise<void> {
    const { stop, lead } = term;
    let { renewed } = term;
    const ended = new AbortController();
    const isHeld = () => !ended.signal.aborted && renewed() < this.#options.renewDeadline;
    this.#term = { signal: ended.signal, isHeld };
    this.#tell({ kind: 'leading' });
    const work = lead(this.#term).finally(() => ended.abort());
    const over = AbortSignal.any([stop, ended.signal]);
    let why = '';
    while (!over.aborted && why === '') {
      await this.#pause(over);
      if (over.aborted) break;
      const again = await this.#attempt(
        AbortSignal.any([over, this.#timeout(this.#options.renewDeadline - renewed())]),
      );
      if (again !== undefined) renewed = again;
      why = this.#whyOver(isHeld());
    }
    const isOurs = isHeld();
    ended.abort();
    this.#overrun = stopwatch();
    if (why !== '') this.#tell({ kind: 'deposed', why });
    await work.finally(() => {
      this.#overrun = this.#term = undefined;
    });
    if (isOurs) await this.#release();
  }

  #whyOver(isHeld: boolean): string {
    const holder = this.#lease?.spec.holderIdentity ?? '';
    if (holder !== '' && holder !== this.#options.identity) return `the lease is held by ${holder}`;
    return isHeld ? '' : `the lease could not be renewed for ${this.#options.renewDeadline / 1000} s`;
  }

  /** Acquires or renews; measures from before the first byte was sent. `undefined`: not ours. */
  async #attempt(signal: AbortSignal): Promise<Stopwatch | undefined> {
    const since = stopwatch();
    const { identity, leaseDuration } = this.#options;
    try {
      const isOurs = this.#lease?.spec.holderIdentity === identity;
      if (!isOurs) this.#see(await this.#read(signal));
      const before = this.#lease?.spec;
      if (before !== undefined && !isFree(before, identity, this.#seen())) {
        if (this.#term === undefined) this.#standBy(before.holderIdentity ?? '');
        return undefined;
      }
      this.#see(await this.#write(heldBy(identity, before, { leaseDuration, now: Date.now() }), signal));
      return since;
    } catch (error) {
      this.#failed(error, signal);
      return undefined;
    }
  }

  #standBy(holder: string): void {
    this.#problem = undefined;
    if (this.#toldHolder === holder) return;
    this.#toldHolder = holder;
    this.#tell({ kind: 'standingBy', holder });
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (error instanceof ApiError) this.#answered = stopwatch();
    // Somebody else was faster, or the lease is gone: what we knew of it is out of date. For how long the next version
    // has been seen begins to count when it is seen.
    if (hasCode(error, 409) || hasCode(error, 404)) this.#lease = undefined;
    else if (!signal.aborted || (signal.reason as Error).name === 'TimeoutError') this.#note(error);
  }

  #note(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#tell({ kind: 'failed', error });
  }

  #see(lease: Lease | undefined): void {
    this.#answered = stopwatch();
    if (lease?.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion) this.#seen = stopwatch();
    this.#lease = lease;
    if (lease?.spec.holderIdentity === this.#options.identity) this.#problem = this.#toldHolder = undefined;
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#options.rest.request<Lease>({
        method: 'GET',
        path: objectPath(LEASES, this.#options),
        signal,
      });
    } catch (error) {
      if (hasCode(error, 404)) return undefined;
      throw error;
    }
  }

  /** With the version that was read, so that of two candidates only one succeeds. */
  #write(spec: Lease['spec'], signal: AbortSignal): Promise<Lease> {
    const { namespace, name } = this.#options;
    const resourceVersion = this.#lease?.metadata.resourceVersion;
    const isNew = resourceVersion === undefined;
    const body: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, ...(isNew ? {} : { resourceVersion }) },
      spec,
    };
    return this.#options.rest.request<Lease>({
      method: isNew ? 'POST' : 'PUT',
      path: isNew ? collectionPath(LEASES, namespace) : objectPath(LEASES, { namespace, name }),
      body,
      signal,
    });
  }

  async #release(): Promise<void> {
    const before = this.#lease?.spec;
    if (before?.holderIdentity !== this.#options.identity) return;
    try {
      this.#see(await this.#write(released(before, Date.now()), AbortSignal.timeout(RELEASE_TIMEOUT)));
    } catch (error) {
      this.#note(error);
    }
  }

  /** One attempt that hangs must leave time for another. */
  #timeout(left: number): AbortSignal {
    const { renewDeadline, retryPeriod } = this.#options;
    const ms = Math.max(0, Math.min(left, Math.max(retryPeriod, renewDeadline / 2)));
    return AbortSignal.timeout(Math.ceil(ms)); // it takes whole numbers only
  }

  /** Jittered, so that candidates do not attempt in step. */
  async #pause(signal: AbortSignal): Promise<void> {
    const ms = this.#options.retryPeriod * (0.9 + 0.2 * Math.random());
    await delay(ms, undefined, { signal }).catch(() => {});
  }

  #tell(news: ElectionNews): void {
    this.#options.tell(news);
  }
}
