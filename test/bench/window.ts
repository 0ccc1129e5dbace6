import { type AuditEntry, auditEntries } from '../controlplane/audit.ts';
import type { ControlPlane } from '../controlplane/start.ts';
import { type CoreTime, type Cores, coreTime } from './cores.ts';
import { assertComparable, type Counted, countedSince } from './counted.ts';
import type { MeasuredProcess } from './measured-process.ts';
import type { Counters, Responder } from './responder/responder.ts';
import type { CpuTime } from './usage.ts';

/** What is looked at from outside while a program is measured. */
export interface Surroundings {
  readonly controlPlane: ControlPlane;
  readonly responder: Responder;
  readonly cores: Cores;
}

/** What a program did between two moments. Times are in milliseconds. */
export interface Span {
  /** On this process's clock, `performance.now()`. */
  readonly from: number;
  readonly ms: number;
  readonly cpu: CpuTime & { readonly total: number };
  readonly checks: number;
  /** How long they have taken, all together. */
  readonly checking: number;
  readonly reconciles: number;
  /** Of whatever kind, watches at their beginning. */
  readonly apiRequests: number;
  /** To Qlik. */
  readonly requests: number;
  readonly handshakes: number;
  readonly load: Load;
}

/** How busy the machine was, as parts of 1. */
export interface Load {
  /** Of the measured core, what went to others than the measured program; network interrupts included. */
  readonly foreign: number;
  /** Of the other core, all. */
  readonly rest: number;
}

interface Outside {
  readonly at: number;
  readonly time: string;
  readonly counters: Counters;
  readonly measured: CoreTime;
  readonly rest: CoreTime;
}

const NOTHING: CpuTime & Counted = { user: 0, system: 0, passed: 0, failed: 0, checking: 0, reconciles: 0 };

/** Measures from `open` to `close`. */
export class Window {
  readonly #surroundings: Surroundings;
  readonly #before: CpuTime & Counted;
  readonly #outside: Outside;

  private constructor(surroundings: Surroundings, before: CpuTime & Counted, outside: Outside) {
    this.#surroundings = surroundings;
    this.#before = before;
    this.#outside = outside;
  }

  /** `undefined`: the program is only to be started, and all that it does counts. */
  static async open(surroundings: Surroundings, process: MeasuredProcess | undefined): Promise<Window> {
    // What the questions cost the program must lie outside: they are the first here and the last in `close`.
    const counted = await process?.counted();
    const outside = await lookOutside(surroundings);
    return new Window(surroundings, { ...NOTHING, ...counted, ...process?.cpu() }, outside);
  }

  async close(process: MeasuredProcess): Promise<Span> {
    const { user, system } = process.cpu();
    const from = this.#outside;
    const to = await lookOutside(this.#surroundings);
    const before = this.#before;
    const done = countedSince(before, await process.counted());
    assertComparable(process.subject.name, done);
    const ms = to.at - from.at;
    const cpu = { user: user - before.user, system: system - before.system };
    const total = cpu.user + cpu.system;
    const busy = to.measured.busy - from.measured.busy + (to.measured.stolen - from.measured.stolen);
    const entries = auditEntries(this.#surroundings.controlPlane);
    return {
      from: from.at,
      ms,
      cpu: { ...cpu, total },
      checks: done.passed,
      checking: done.checking * 1000,
      reconciles: done.reconciles,
      apiRequests: requestsOf(process.subject.name, entries, { from: from.time, to: to.time }),
      requests: to.counters.requests - from.counters.requests,
      handshakes: to.counters.handshakes - from.counters.handshakes,
      load: { foreign: Math.max(0, (busy - total) / ms), rest: (to.rest.busy - from.rest.busy) / ms },
    };
  }
}

/** Counts what a user has asked the API server from one moment up to, but not including, another. */
export function requestsOf(
  user: string,
  entries: readonly Pick<AuditEntry, 'user' | 'requestReceivedTimestamp'>[],
  { from, to }: { readonly from: string; readonly to: string },
): number {
  return entries.filter(
    ({ user: { username }, requestReceivedTimestamp: time }) =>
      username === user && time >= from && time < to,
  ).length;
}

async function lookOutside({ responder, cores }: Surroundings): Promise<Outside> {
  const counters = await responder.counters();
  return {
    at: performance.now(),
    // Sorts like the API server's timestamps, which have microseconds.
    time: new Date().toISOString(),
    counters,
    measured: coreTime(cores.measured),
    rest: coreTime(cores.rest),
  };
}
