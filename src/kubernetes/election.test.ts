import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from './api-error.ts';
import { LeaderElection, type ElectionNews } from './election.ts';
import type { Lease } from './lease.ts';
import type { ApiRequest } from './rest.ts';
import type { Term } from './term.ts';

vi.mock('node:timers/promises', () => import('../../test/fakes/timers-promises.ts'));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  // Fractions of milliseconds, as the real clock has them.
  let fraction = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => Date.now() + (fraction += 0.001));
  // AbortSignal.timeout is not one of the timers that are faked.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    if (!Number.isInteger(ms)) throw new RangeError(`the delay must be an integer, not ${ms}`);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException('too late', 'TimeoutError')), ms);
    return controller.signal;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** One lease as the API server keeps it: versions, conflicts, and faults per replica. */
class LeaseServer {
  lease: Lease | undefined;
  #version = 0;
  readonly writers: string[] = [];

  answer(request: ApiRequest): Lease {
    if (request.method === 'GET') {
      if (this.lease === undefined) throw new ApiError(404, 'NotFound', 'not found');
      return this.lease;
    }
    const sent = request.body as Lease;
    if (sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
      throw new ApiError(409, 'Conflict', 'conflict');
    this.#version += 1;
    this.writers.push(sent.spec.holderIdentity ?? '');
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(this.#version) } };
    return this.lease;
  }
}

type Fault = 'none' | 'refused' | 'hangs' | 'lost answer' | ApiError;

/** A replica: its election, its faults, and the terms it has had. */
class Replica {
  fault: Fault = 'none';
  readonly news: string[] = [];
  readonly stop = new AbortController();
  readonly terms: Term[] = [];
  readonly election: LeaderElection;
  readonly done: Promise<void>;
  /** Held back by a test that wants work to go on after the term. */
  lingering: Promise<void> = Promise.resolve();

  constructor(server: LeaseServer, identity: string) {
    this.election = new LeaderElection({
      rest: { request: <T>(request: ApiRequest) => this.#send(server, request) as Promise<T> },
      namespace: 'ns',
      name: 'lease',
      identity,
      leaseDuration: 15_000,
      renewDeadline: 10_000,
      retryPeriod: 2_000,
      tell: (news: ElectionNews) =>
        this.news.push(news.kind === 'deposed' ? `deposed: ${news.why}` : news.kind),
    });
    this.done = this.election.run(this.stop.signal, async (term) => {
      this.terms.push(term);
      await new Promise<void>((resolve) => term.signal.addEventListener('abort', () => resolve()));
      await this.lingering;
    });
  }

  get leads(): boolean {
    return this.terms.at(-1)?.isHeld() === true;
  }

  async #send(server: LeaseServer, request: ApiRequest): Promise<unknown> {
    const { fault } = this;
    if (fault === 'refused') throw new Error('connect ECONNREFUSED');
    if (fault instanceof ApiError) throw fault;
    const answer = fault === 'hangs' ? undefined : server.answer(request);
    if (fault === 'none') return answer;
    return new Promise((_, reject) => {
      request.signal?.addEventListener('abort', () => reject(request.signal?.reason as Error));
    });
  }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe('LeaderElection', () => {
  test('the first to come leads; the second stands by and takes over at once when the lease is given back', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(1);
    const b = new Replica(server, 'b');
    await seconds(60);
    expect([a.leads, b.leads]).toEqual([true, false]);
    expect(server.writers.length).toBeGreaterThan(25);
    a.stop.abort();
    await a.done;
    expect(server.lease?.spec.holderIdentity).toBe('');
    await seconds(2.3);
    expect([a.leads, b.leads]).toEqual([false, true]);
    expect(b.news).toEqual(['standingBy', 'leading']);
    expect(server.lease?.spec.leaseTransitions).toBe(1);
  });

  test.each<[string, Fault]>([
    ['is refused', 'refused'],
    ['hangs', 'hangs'],
    ['has its answers lost', 'lost answer'],
    ['is answered 500', new ApiError(500, '', 'trouble')],
  ])('a leader that %s stops before anybody else begins', async (_, fault) => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(3);
    const b = new Replica(server, 'b');
    await seconds(20);
    a.fault = fault;
    for (let tenths = 0; tenths < 600; tenths += 1) {
      await seconds(0.1);
      expect(a.leads && b.leads).toBe(false);
    }
    expect(a.terms[0]?.signal.aborted).toBe(true);
    expect(a.news).toContain('deposed: the lease could not be renewed for 10 s');
    expect(b.leads).toBe(true);
    a.fault = 'none';
    await seconds(30);
    expect([a.leads, b.leads].filter(Boolean)).toHaveLength(1);
  });

  test('one attempt that hangs does not cost the term', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(3);
    a.fault = 'hangs';
    await seconds(3);
    a.fault = 'none';
    await seconds(30);
    expect(a.news.filter((news) => news === 'leading')).toHaveLength(1);
    expect(a.leads).toBe(true);
  });

  test('a leader that was stopped for a minute knows at once that it has been deposed, before any timer', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(3);
    expect(a.leads).toBe(true);
    vi.setSystemTime(Date.now() + 60_000);
    expect(a.leads).toBe(false);
    expect(a.election.isLeader).toBe(false);
  });

  test('a leader whose lease was taken stops at its next attempt', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(3);
    server.lease = {
      ...server.lease!,
      metadata: { ...server.lease!.metadata, resourceVersion: 'x' },
      spec: { ...server.lease!.spec, holderIdentity: 'thief' },
    };
    await seconds(5);
    expect(a.leads).toBe(false);
    expect(a.news).toEqual(['leading', 'deposed: the lease is held by thief', 'standingBy']);
    expect(server.lease.spec.holderIdentity).toBe('thief');
  });

  test('a lease that somebody has deleted is made anew without an end of the term', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    await seconds(3);
    server.lease = undefined;
    await seconds(6);
    expect(server.lease).toBeDefined();
    expect(a.news).toEqual(['leading']);
  });

  test('work that outlives its term is seen, and no new term begins before it has ended', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    const work = Promise.withResolvers<void>();
    a.lingering = work.promise;
    await seconds(3);
    a.fault = 'refused';
    await seconds(60);
    expect(a.election.overrun).toBeGreaterThan(45_000);
    a.fault = 'none';
    await seconds(10);
    expect(a.terms).toHaveLength(1);
    work.resolve();
    await seconds(20);
    expect(a.election.overrun).toBe(0);
    expect(a.terms).toHaveLength(2);
  });

  test('what is wrong is told once, and is gone when it is over', async () => {
    const server = new LeaseServer();
    const a = new Replica(server, 'a');
    a.fault = new ApiError(403, 'Forbidden', 'may not');
    await seconds(20);
    expect(a.news).toEqual(['failed']);
    expect(a.election.problem).toBe('may not');
    a.fault = 'none';
    await seconds(5);
    expect(a.election.problem).toBeUndefined();
    expect(a.leads).toBe(true);
  });

  test('a work that fails ends the term and the election with its error', async () => {
    const server = new LeaseServer();
    const election = new LeaderElection({
      rest: { request: <T>(request: ApiRequest) => Promise.resolve(server.answer(request) as T) },
      namespace: 'ns',
      name: 'lease',
      identity: 'a',
      leaseDuration: 15_000,
      renewDeadline: 10_000,
      retryPeriod: 2_000,
      tell: () => {},
    });
    server.lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'lease', namespace: 'ns' },
      spec: {},
    };
    const run = election.run(new AbortController().signal, () => Promise.reject(new Error('broken')));
    await expect(run).rejects.toThrow('broken');
  });
});
