import { CHECKS, findCondition, type CheckName } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { connectionFields } from '../../connections/fingerprint.ts';
import type { Material } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { Result } from '../../controller/loop.ts';
import type { Pace } from '../../controller/pace.ts';
import { nextInstant } from '../../controller/phase.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import { keyOf, splitKey, type Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { CheckReport } from '../../qlik/connector.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { Cancellation } from '../../time/cancellation.ts';
import type { AppReports } from '../apps/report.ts';
import type { ExecutionReports } from '../executions/report.ts';
import { desiredStatus } from './desired-status.ts';
import { dueNow, openRequest, signInProofDue, type Due } from './due.ts';
import { needsHumanFrom } from './explain.ts';
import { happeningsOf } from './happenings.ts';
import { afterCheck, afterProblem } from './judge.ts';
import type { Identities } from './identities.ts';
import type { Materials } from './materials.ts';
import { restoredState, stateOfChangedConnection, type ServerState } from './state.ts';
import type { StatusWriter } from './status.ts';
import { worthWriting } from './worth-writing.ts';

/** A first check that takes longer is announced, so that a person sees that something is under way. */
const ANNOUNCE_AFTER = 1_000;
const RETRY_CONFLICT = 100;
/** Milliseconds of a check that had to wait for something that never came; to connect may take 5 s. */
const SLOW = 4_500;

export interface ServerReconcilerOptions {
  readonly servers: Store<QlikServer>;
  readonly materials: Materials;
  /** What is known of the apps of each server. */
  readonly apps: AppReports;
  readonly executions: ExecutionReports;
  readonly identities: Identities;
  readonly status: StatusWriter;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Limits how many checks start at once that the rhythm did not ask for. */
  readonly pace: Pace;
  /** Milliseconds below which no interval goes. */
  readonly minCheckInterval: number;
  /** Milliseconds after which a status that has not changed is written all the same, or the interval if that is longer. */
  readonly heartbeat: number;
}

/** Brings the status of one QlikServer in line with what its server says. */
export class ServerReconciler {
  readonly #options: ServerReconcilerOptions;
  readonly #states = new Map<Key, ServerState>();
  readonly #running = new Map<Key, Cancellation>();

  constructor(options: ServerReconcilerOptions) {
    this.#options = options;
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
      const state = server.spec.suspend ? known : await this.#judge(server, known, signal);
      if (state === 'waits' || signal.aborted) return { kind: 'settled' }; // it is queued again
      this.#states.set(key, state);
      release();
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

  /** Makes the material and, if a check is due, checks; `waits`: the check is due, and its turn has not come. */
  async #judge(server: QlikServer, state: ServerState, signal: AbortSignal): Promise<ServerState | 'waits'> {
    const request = openRequest(server, state);
    if (request !== undefined) this.#options.materials.forget(keyOf(server));
    const material = await this.#material(server, signal);
    const handled = { ...state, handledRequest: request ?? state.handledRequest };
    if (material instanceof ConfigurationProblem) return afterProblem(handled, material, Date.now());
    const usable = withMaterial(server, state, material);
    const moment = { fingerprint: material.fingerprint, now: Date.now() };
    const due = dueNow(server, usable, moment);
    if (due === undefined || due === 'scheduled') this.#options.pace.forget(keyOf(server)); // it needs no turn
    if (due === undefined) return this.#inRhythm(server, usable);
    if (!this.#mayStart(server, due)) return 'waits';
    return {
      ...(await this.#check(server, usable, { material, due, signal })),
      handledRequest: handled.handledRequest,
    };
  }

  /** Storms are of servers never judged; what somebody has just changed or asked for goes before them. */
  #mayStart(server: QlikServer, due: Due): boolean {
    if (due === 'scheduled') return true;
    return this.#options.pace.admits(keyOf(server), { urgent: due !== 'neverJudged' });
  }

  async #material(server: QlikServer, signal: AbortSignal): Promise<Material | ConfigurationProblem> {
    try {
      return await this.#options.materials.of(server, signal);
    } catch (error) {
      if (error instanceof ConfigurationProblem) return error;
      throw error;
    }
  }

  /** An interval that was made shorter takes effect at once. */
  #inRhythm(server: QlikServer, state: ServerState): ServerState {
    if (state.nextAttempt !== undefined) return state;
    const next = nextInstant(state.uid, this.#interval(server), Date.now() + 1);
    return { ...state, nextCheckAt: Math.min(state.nextCheckAt, next) };
  }

  async #check(
    server: QlikServer,
    state: ServerState,
    run: { material: Material; due: Due; signal: AbortSignal },
  ): Promise<ServerState> {
    const { material, due, signal } = run;
    const at = Date.now();
    const report = await this.#announced(server, state, () =>
      material.connection.check({
        signal,
        timeout: milliseconds(server.spec.checks.timeout),
        proveAnew: due === 'requested' || due === 'contentsChanged',
        proveSignIn: (version) =>
          !this.#isFull(server, state) &&
          signInProofDue(state, due, {
            version,
            now: at,
            interval: milliseconds(server.spec.checks.signInProofInterval),
          }),
      }),
    );
    if (signal.aborted) return state;
    const duration = Date.now() - at;
    this.#measure(server, report, { duration, due });
    return afterCheck(state, this.#clamped(server), {
      report,
      material,
      at,
      duration,
      random: Math.random(),
    });
  }

  /** A sign-in costs a session; while executions may hold all that there are, what was proved before has to do. */
  #isFull(server: QlikServer, { verdicts }: ServerState): boolean {
    const report = this.#options.executions.latest(keyOf(server));
    const isFull = report !== undefined && report.running >= report.limit;
    return isFull && verdicts?.get('VirtualProxyReady')?.status === 'True';
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
    if (state.problem === undefined) return { kind: 'again', at: Math.max(state.nextCheckAt, now) };
    // A reference may appear without a watch event (an unlabelled Secret), so it is looked for in the normal rhythm too.
    const humanFrom = needsHumanFrom(state.problem.reason, state.problem.since);
    const retry = now + milliseconds(server.spec.checks.retryInterval);
    return { kind: 'again', at: humanFrom > now ? Math.min(humanFrom, retry) : now + this.#interval(server) };
  }

  #interval({ spec }: QlikServer): number {
    return Math.max(this.#options.minCheckInterval, milliseconds(spec.checks.interval));
  }

  /** The spec with the interval that is really used. */
  #clamped({ spec }: QlikServer): QlikServer['spec'] {
    const { minCheckInterval } = this.#options;
    if (milliseconds(spec.checks.interval) >= minCheckInterval) return spec;
    return { ...spec, checks: { ...spec.checks, interval: `${minCheckInterval}ms` } };
  }

  #measure(server: QlikServer, report: CheckReport, { duration, due }: { duration: number; due: Due }): void {
    const { namespace, name } = server.metadata;
    const results = new Map([...report.outcomes].map(([check, { kind }]) => [check, kind]));
    this.#options.metrics.checked({ namespace, name }, duration / 1000, results);
    this.#options.log.debug(
      { namespace, name, due, duration, results: Object.fromEntries(results) },
      'checked',
    );
    for (const error of report.errors) {
      this.#options.log.error({ namespace, name, error }, 'a check failed by our own fault');
    }
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
    this.#options.metrics.forget(splitKey(key), CHECK_NAMES);
    return { kind: 'settled' };
  }
}

const CHECK_NAMES: ReadonlySet<string> = new Set(CHECKS);

/** The state with the material in use; without verdicts, if a restart hid that the connection is another one now. */
function withMaterial(server: QlikServer, state: ServerState, material: Material): ServerState {
  const fields = connectionFields(server.spec);
  const isOther =
    state.fields === undefined && isEdited(server) && state.fingerprint !== material.fingerprint;
  const base = isOther ? stateOfChangedConnection(state, fields) : { ...state, fields };
  return { ...base, problem: undefined, certificate: material.certificate };
}

/** Whether the spec was edited after its status was written. */
function isEdited({ status, metadata }: QlikServer): boolean {
  return status?.observedGeneration !== metadata.generation;
}
