import { milliseconds } from '../../api/duration.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Material } from '../../connections/material.ts';
import type { Result } from '../../controller/loop.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';
import { failureOf } from '../../qlik/failure.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { Cancellation } from '../../time/cancellation.ts';
import type { Materials } from '../server/materials.ts';
import { notRun, type Verdict } from '../server/verdict.ts';
import type { AppWriter } from './app-writer.ts';
import {
  dueNow,
  isJudged,
  nextAttempt,
  nextHint,
  nextSync,
  openSyncRequest,
  unprovedCondition,
  wantedOf,
  type SyncDue,
  type SyncState,
} from './due.ts';
import { figuresAfter, type AppReport, type AppReports } from './report.ts';
import { syncApps, type SyncResult } from './sync.ts';
import { verdictOf, verdictOfError } from './verdict.ts';
import type { WriteBudget } from './write-budget.ts';

/** Milliseconds of a sync that holds its worker for long. */
const SLOW = 5_000;

export interface AppsReconcilerOptions {
  readonly servers: Store<QlikServer>;
  readonly materials: Materials;
  readonly reports: AppReports;
  /** Told when there is something new for the status of a server. */
  readonly onReport: (key: Key) => void;
  readonly writer: AppWriter;
  readonly budget: WriteBudget;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Brings the QlikApps of one QlikServer in line with what its server lists. */
export class AppsReconciler {
  readonly #options: AppsReconcilerOptions;
  readonly #states = new Map<Key, SyncState>();
  readonly #running = new Map<Key, Cancellation>();

  constructor(options: AppsReconcilerOptions) {
    this.#options = options;
  }

  /** Ends a sync over a connection that is not the wanted one any more. */
  supersede(key: Key): void {
    this.#running.get(key)?.abort();
  }

  isSlow(key: Key): boolean {
    return this.#states.get(key)?.slow ?? true;
  }

  /** Number of servers that something is remembered of. */
  get size(): number {
    return this.#states.size;
  }

  async reconcile(key: Key, stop: AbortSignal): Promise<Result> {
    const server = this.#options.servers.get(key);
    if (server === undefined || server.metadata.deletionTimestamp !== undefined) return this.#forget(key);
    if (server.spec.suspend || !server.spec.appSync.enabled) return { kind: 'settled' };

    using running = new Cancellation(stop);
    this.#running.set(key, running);
    try {
      const state = await this.#attend(server, this.#known(server), running.signal);
      if (running.signal.aborted) return { kind: 'settled' }; // it is queued again
      if (state === undefined) return { kind: 'settled' }; // it is queued again when its identity is proved
      this.#states.set(key, state);
      return { kind: 'again', at: Math.min(state.nextSyncAt, state.nextHintAt) };
    } catch (error) {
      if (running.signal.aborted) return { kind: 'settled' };
      throw error;
    } finally {
      this.#running.delete(key);
    }
  }

  #known({ metadata, spec }: QlikServer): SyncState {
    const kept = this.#states.get(keyOf({ metadata }));
    if (kept?.uid === metadata.uid) return kept;
    const now = Date.now();
    return {
      uid: metadata.uid,
      fingerprint: undefined,
      wanted: undefined,
      hint: undefined,
      failures: 0,
      slow: true,
      nextSyncAt: nextSync(metadata.uid, milliseconds(spec.appSync.interval), now),
      notBefore: 0,
      nextHintAt: Number.POSITIVE_INFINITY,
    };
  }

  /** Syncs if that is due, and looks for a hint if that is; `undefined`: nobody knows whom the server would answer. */
  async #attend(server: QlikServer, state: SyncState, signal: AbortSignal): Promise<SyncState | undefined> {
    const report = this.#options.reports.of(server);
    const due = dueNow(server, state, report, Date.now());
    // After a restart nothing is made ready for syncs that come later: of a thousand servers that would be a storm.
    if (due === undefined && state.fingerprint === undefined) return inRhythm(server, state);
    const material = await this.#provedMaterial(server, signal);
    if (typeof material === 'string') {
      if (due !== undefined && isJudged(server)) this.#tell(server, { ...report, verdict: notRun(material) });
      return undefined;
    }
    const isOther = state.fingerprint !== undefined && state.fingerprint !== material.fingerprint;
    const why =
      due ?? (isOther ? 'connectionChanged' : await this.#hinted(server, state, { material, signal }));
    if (why !== undefined) return this.#sync(server, state, { material, why, report, signal });
    return inRhythm(server, state);
  }

  /** The material that the verdicts are about; else why there is none. */
  async #provedMaterial(server: QlikServer, signal: AbortSignal): Promise<Material | string> {
    const unproved = unprovedCondition(server);
    if (unproved !== undefined) return `${unproved} is not True`;
    const { connectionFingerprint } = server.status?.checks ?? {};
    const material = await this.#options.materials.withFingerprint(server, connectionFingerprint, signal);
    return material ?? 'new contents of the credentials have not been judged yet';
  }

  /** A failed look says nothing: the next check or sync will tell. */
  async #hinted(
    server: QlikServer,
    state: SyncState,
    { material, signal }: { material: Material; signal: AbortSignal },
  ): Promise<SyncDue | undefined> {
    if (state.hint === undefined || state.nextHintAt > Date.now()) return undefined;
    const hint = await this.#hint(server, material, signal);
    return hint === undefined || hint === state.hint ? undefined : 'hinted';
  }

  async #hint(server: QlikServer, material: Material, signal: AbortSignal): Promise<string | undefined> {
    try {
      const timeout = milliseconds(server.spec.checks.timeout);
      return await material.connection.appsHint({ signal, timeout });
    } catch (error) {
      if (failureOf(error) === undefined) throw error;
      return undefined;
    }
  }

  async #sync(server: QlikServer, state: SyncState, run: SyncRun): Promise<SyncState> {
    const { material, why, report, signal } = run;
    const startedAt = Date.now();
    const request = openSyncRequest(server, report);
    // Asked before the listing: what is published on the way is then found to be new the next time.
    const hint = await this.#hint(server, material, signal);
    const outcome = await this.#outcome(server, run);
    if (signal.aborted) return state;
    const duration = Date.now() - startedAt;
    const { result, verdict } = outcome;
    const complete = result?.end.kind === 'complete';
    this.#measure(server, { result, duration, why });
    await this.#announce(server, report.verdict, outcome);
    this.#tell(server, {
      uid: state.uid,
      verdict,
      figures: figuresAfter(report.figures, { startedAt, duration, complete, ...result }),
      handledRequest: request ?? report.handledRequest,
    });
    const failures = complete ? 0 : state.failures + 1;
    return {
      uid: state.uid,
      fingerprint: material.fingerprint,
      wanted: wantedOf(server),
      hint: complete ? (hint ?? state.hint) : state.hint,
      failures,
      slow: duration >= SLOW,
      nextSyncAt: nextAttempt(server, failures, outcome.retryAfter),
      notBefore: Date.now() + outcome.retryAfter,
      nextHintAt: complete ? nextHint(server, Date.now()) : Number.POSITIVE_INFINITY,
    };
  }

  async #outcome(server: QlikServer, { material, why, signal }: SyncRun): Promise<SyncOutcome> {
    const { writer, budget } = this.#options;
    try {
      const urgent = why === 'requested';
      const result = await syncApps(server, {
        connection: material.connection,
        writer,
        budget,
        signal,
        urgent,
      });
      const { message, ...verdict } = verdictOf(server, result);
      return { result, verdict: { ...verdict, message: material.redact(message) }, retryAfter: 0 };
    } catch (error) {
      const verdict = signal.aborted ? undefined : verdictOfError(error);
      if (verdict === undefined) throw error;
      const redacted = { ...verdict, message: material.redact(verdict.message) };
      return { result: undefined, verdict: redacted, retryAfter: failureOf(error)?.retryAfter ?? 0 };
    }
  }

  #tell(server: QlikServer, report: AppReport): void {
    const key = keyOf(server);
    this.#options.reports.set(key, report);
    this.#options.onReport(key);
  }

  /** An event for what has changed, and for a failure that is news. */
  async #announce(server: QlikServer, before: Verdict, { result, verdict }: SyncOutcome): Promise<void> {
    const { namespace, name } = server.metadata;
    const { added = 0, changed = 0, removed = 0 } = result ?? {};
    if (added + changed + removed > 0) {
      this.#options.log.info({ namespace, name, added, changed, removed }, 'apps changed');
      const note = `${added} added, ${changed} changed, ${removed} removed`;
      await this.#record(server, { type: 'Normal', reason: 'AppsChanged', note });
    }
    if (verdict.status === 'False' && (before.status !== 'False' || before.reason !== verdict.reason)) {
      this.#options.log.warn(
        { namespace, name, reason: verdict.reason },
        `apps not synced: ${verdict.message}`,
      );
      await this.#record(server, { type: 'Warning', reason: 'AppSyncFailed', note: verdict.message });
    }
  }

  async #record(
    server: QlikServer,
    happening: { type: 'Normal' | 'Warning'; reason: string; note: string },
  ): Promise<void> {
    const { namespace, name } = server.metadata;
    await this.#options.events.record(server, { ...happening, action: 'Sync' }).catch((error: unknown) => {
      this.#options.log.warn({ namespace, name, error }, 'cannot write an event');
    });
  }

  #measure(
    { metadata: { namespace, name } }: QlikServer,
    { result, duration, why }: { result: SyncResult | undefined; duration: number; why: SyncDue },
  ): void {
    const { metrics, log } = this.#options;
    const seconds = duration / 1000;
    if (result === undefined) metrics.syncFailed(seconds);
    else
      metrics.synced({ namespace, name }, seconds, { ...result, complete: result.end.kind === 'complete' });
    log.debug({ namespace, name, why, duration, apps: result?.apps, end: result?.end.kind }, 'synced');
  }

  #forget(key: Key): Result {
    this.#states.delete(key);
    this.#options.reports.forget(key);
    return { kind: 'settled' };
  }
}

interface SyncRun {
  readonly material: Material;
  readonly why: SyncDue;
  readonly report: AppReport;
  readonly signal: AbortSignal;
}

interface SyncOutcome {
  /** Absent, if the sync did not come to its end. */
  readonly result: SyncResult | undefined;
  readonly verdict: Verdict;
  /** Milliseconds that the server asks to be left alone. */
  readonly retryAfter: number;
}

/**
 * An interval that was made shorter takes effect at once, unless the server has asked to be left alone; a look that
 * found nothing is made again later.
 */
function inRhythm(server: QlikServer, state: SyncState): SyncState {
  const now = Date.now();
  const next = nextSync(state.uid, milliseconds(server.spec.appSync.interval), now + 1);
  return {
    ...state,
    nextSyncAt: Math.max(state.notBefore, Math.min(state.nextSyncAt, next)),
    nextHintAt: state.nextHintAt <= now ? nextHint(server, now) : state.nextHintAt,
  };
}
