import { CHECKS, findCondition, type CheckName } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { Result } from '../../controller/loop.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import { keyOf, splitKey, type Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import { Cancellation } from '../../time/cancellation.ts';
import type { AppReports } from '../apps/report.ts';
import type { Bindings } from './bindings.ts';
import { isRevocation } from './candidate.ts';
import { desiredStatus } from './desired-status.ts';
import { needsHumanFrom } from './explain.ts';
import { happeningsOf } from './happenings.ts';
import { afterProblem } from './judge.ts';
import { isEdited, Judging, type Judged, type JudgingOptions } from './judging.ts';
import type { Identities } from './identities.ts';
import { restoredState, stateOfChangedConnection, type ServerState } from './state.ts';
import type { StatusWriter } from './status.ts';
import { worthWriting } from './worth-writing.ts';

/** A first check that takes longer is announced, so that a person sees that something is under way. */
const ANNOUNCE_AFTER = 1_000;
const RETRY_CONFLICT = 100;
/** Milliseconds of a check that had to wait for something that never came; to connect may take 5 s. */
const SLOW = 4_500;

export interface ServerReconcilerOptions extends JudgingOptions {
  readonly servers: Store<QlikServer>;
  readonly bindings: Bindings;
  /** What is known of the apps of each server. */
  readonly apps: AppReports;
  readonly identities: Identities;
  readonly status: StatusWriter;
  readonly events: EventRecorder;
  /** Milliseconds after which a status that has not changed is written all the same, or the interval if that is longer. */
  readonly heartbeat: number;
}

/** Brings the status of one QlikServer in line with what its server says. */
export class ServerReconciler {
  readonly #options: ServerReconcilerOptions;
  readonly #judging: Judging;
  readonly #states = new Map<Key, ServerState>();
  readonly #running = new Map<Key, Cancellation>();

  constructor(options: ServerReconcilerOptions) {
    this.#options = options;
    this.#judging = new Judging(options);
  }

  /** Ends a check whose connection is no longer the wanted one; its verdict would be about the past. */
  supersede(key: Key): void {
    this.#running.get(key)?.abort();
  }

  /** Whether a check may take long: the last one did, or there was none yet. */
  isSlow(key: Key): boolean {
    const server = this.#options.servers.get(key);
    if (server === undefined) return false;
    const state = this.#states.get(key);
    const { lastCheck } = state?.uid === server.metadata.uid ? state : restoredState(server, Date.now());
    return lastCheck === undefined || lastCheck.duration >= SLOW;
  }

  /** Number of servers that something is remembered of. */
  get size(): number {
    return this.#states.size;
  }

  /** Calls `release` when what remains to be done is up to the API server. */
  async reconcile(key: Key, stop: AbortSignal, release: () => void): Promise<Result> {
    const server = this.#options.servers.get(key);
    if (server === undefined || server.metadata.deletionTimestamp !== undefined) return this.#forget(key);

    using running = new Cancellation(stop);
    const { signal } = running;
    this.#running.set(key, running);
    try {
      const known = this.#known(server);
      const judged = server.spec.suspend
        ? { state: known, material: undefined }
        : await this.#judging.judge(server, known, {
            signal,
            announced: (state, check) => this.#announced(server, state, check),
          });
      if (judged === 'waits' || signal.aborted) return { kind: 'settled' }; // it is queued again
      this.#states.set(key, judged.state);
      release();
      const state = await this.#bind(server, judged);
      this.#states.set(key, state);
      return await this.#report(server, state);
    } catch (error) {
      if (signal.aborted) return { kind: 'settled' };
      throw error;
    } finally {
      this.#running.delete(key);
    }
  }

  /** What is known of the server; nothing of its verdicts, if it has another connection now. */
  #known(server: QlikServer): ServerState {
    const kept = this.#states.get(keyOf(server));
    const state = kept?.uid === server.metadata.uid ? kept : restoredState(server, Date.now());
    const fields = connectionFields(server.spec);
    // After a restart the fields that were judged are not known: their fingerprint tells, once there is material.
    const isOther =
      state.fields === undefined ? server.spec.suspend && isEdited(server) : state.fields !== fields;
    return isOther ? stateOfChangedConnection(state, fields) : state;
  }

  /** Lets executions have what was proved, and takes it from them when it was revoked. */
  async #bind(server: QlikServer, { state, material }: Judged): Promise<ServerState> {
    if (server.spec.suspend) return state;
    const now = Date.now();
    const { problem } = state;
    const isRevoked =
      problem !== undefined &&
      isRevocation(problem.reason) &&
      now >= needsHumanFrom(problem.reason, problem.since);
    const proved = material?.fingerprint === state.proved ? material : undefined;
    try {
      const binding = await this.#options.bindings.settle(server, state.binding, { proved, isRevoked });
      return { ...state, binding };
    } catch (error) {
      if (error instanceof ConfigurationProblem) return afterProblem(state, error, now);
      throw error;
    }
  }

  /** Says that a connection without a verdict is being checked, but only if that takes noticeably long. */
  async #announced<T>(server: QlikServer, state: ServerState, work: () => Promise<T>): Promise<T> {
    if (state.verdicts !== undefined) return work();
    let writing: Promise<unknown> = Promise.resolve();
    const timer = setTimeout(() => {
      writing = this.#report(server, state).catch((error: unknown) => {
        this.#options.log.warn({ error }, 'cannot write that a check is under way');
      });
    }, ANNOUNCE_AFTER);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      await writing;
    }
  }

  /** Writes the status if it is worth it, and tells what happened. */
  async #report(server: QlikServer, state: ServerState): Promise<Result> {
    const key = keyOf(server);
    // A write made during the check, or by the user, may have given the object a newer version since.
    const current = this.#options.servers.get(key) ?? server;
    if (
      current.metadata.uid !== server.metadata.uid ||
      current.metadata.generation !== server.metadata.generation
    ) {
      return { kind: 'settled' }; // it is queued again
    }
    const now = Date.now();
    const { apps, executions, identities } = this.#options;
    const known = {
      state,
      apps: apps.of(current),
      executions: executions.shown(current),
      sharedWith: identities.others(current),
    };
    const after = desiredStatus(current, known, now);
    if (worthWriting(current.status, after, Math.max(this.#options.heartbeat, this.#interval(server)))) {
      const written = await this.#options.status.write(current, after);
      if (written === 'conflict') return { kind: 'again', at: now + RETRY_CONFLICT };
      if (written === 'gone') return this.#forget(key);
      this.#options.metrics.statusWritten();
      await this.#tell(current, after, state.toldConnected);
    }
    if (state.toldConnected !== state.everConnected) {
      this.#states.set(key, { ...state, toldConnected: state.everConnected });
    }
    this.#verdictsToMetrics(server, after);
    this.#options.metrics.certificate(current.metadata, state.certificate?.notAfter);
    return this.#next(server, state, now);
  }

  async #tell(
    server: QlikServer,
    after: QlikServer['status'] & {},
    wasEverConnected: boolean,
  ): Promise<void> {
    const { namespace, name } = server.metadata;
    for (const happening of happeningsOf(server.status, after, wasEverConnected)) {
      this.#options.log[happening.type === 'Warning' ? 'warn' : 'info'](
        { namespace, name, reason: happening.reason },
        happening.note,
      );
      await this.#options.events.record(server, happening).catch((error: unknown) => {
        this.#options.log.warn({ namespace, name, error }, 'cannot write an event');
      });
    }
  }

  #next(server: QlikServer, state: ServerState, now: number): Result {
    if (server.spec.suspend) return { kind: 'settled' };
    if (state.problem === undefined) {
      const next = Math.min(state.nextCheckAt, state.candidate?.nextAttemptAt ?? Number.POSITIVE_INFINITY);
      return { kind: 'again', at: Math.max(next, now) };
    }
    // A reference may appear without a watch event (an unlabelled Secret), so it is looked for in the normal rhythm too.
    const humanFrom = needsHumanFrom(state.problem.reason, state.problem.since);
    const retry = now + milliseconds(server.spec.checks.retryInterval);
    return { kind: 'again', at: humanFrom > now ? Math.min(humanFrom, retry) : now + this.#interval(server) };
  }

  #interval({ spec }: QlikServer): number {
    return Math.max(this.#options.minCheckInterval, milliseconds(spec.checks.interval));
  }

  #verdictsToMetrics(server: QlikServer, status: NonNullable<QlikServer['status']>): void {
    const { namespace, name } = server.metadata;
    const conditions = status.conditions ?? [];
    const checks = new Map(
      conditions
        .map(({ type, status: value }) => [type, value])
        .filter(([type]) => CHECK_NAMES.has(type ?? '')) as [CheckName, string][],
    );
    this.#options.metrics.verdicts(
      { namespace, name },
      findCondition(conditions, 'Ready')?.status ?? 'Unknown',
      checks,
    );
  }

  #forget(key: Key): Result {
    this.#states.delete(key);
    this.#options.pace.forget(key);
    this.#options.materials.forget(key);
    this.#options.bindings.forget(key);
    this.#options.metrics.forget(splitKey(key), CHECK_NAMES);
    return { kind: 'settled' };
  }
}

const CHECK_NAMES: ReadonlySet<string> = new Set(CHECKS);
