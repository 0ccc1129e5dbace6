import { CHECKS, CHECKS_OF, findCondition, type CheckName } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import { ACCEPT_REMOVALS_ANNOTATION, SYNC_REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { doubling, jittered, nextInstant } from '../../controller/phase.ts';
import { unhandled } from '../server/due.ts';
import type { AppReport } from './report.ts';

/** Milliseconds between two looks for a hint, at least. */
const SHORTEST_HINT_INTERVAL = 60_000;
/** Looks for a hint between two syncs. */
const HINTS_PER_SYNC = 3;

/** The checks that tell who is asked, and as whom: a catalogue seen by another one would be another one. */
const IDENTITY: ReadonlySet<CheckName> = new Set(CHECKS.slice(0, CHECKS.indexOf('RootAdmin') + 1));

/** What is remembered of a server between two syncs. Times are milliseconds since the epoch. */
export interface SyncState {
  readonly uid: string;
  /** Fingerprint of the connection of the last sync. */
  readonly fingerprint: string | undefined;
  /** What the spec asked for at the last sync; unknown after a restart. */
  readonly wanted: string | undefined;
  readonly hint: string | undefined;
  readonly failures: number;
  readonly slow: boolean;
  readonly nextSyncAt: number;
  /** Until when the server has asked to be left alone. */
  readonly notBefore: number;
  readonly nextHintAt: number;
}

/** Why a sync is made. */
export type SyncDue =
  | 'neverSynced'
  | 'connectionChanged'
  | 'specChanged'
  | 'requested'
  | 'scheduled'
  | 'hinted';

/** The request for a sync that was not acted on yet, if there is one. */
export function openSyncRequest(server: QlikServer, { handledRequest }: AppReport): string | undefined {
  return unhandled(server, SYNC_REQUESTED_AT_ANNOTATION, handledRequest);
}

/** What decides which apps are kept, and for how long. */
export function wantedOf({ spec: { appSync } }: QlikServer): string {
  return JSON.stringify([[...appSync.publishedIn].sort(), appSync.removalGrace]);
}

/** Whether the conditions are about this very spec. */
export function isJudged({ status, metadata }: QlikServer): boolean {
  return status?.observedGeneration === metadata.generation;
}

/** The first condition that speaks against the identity a sync would have; none when all are True, for this very spec. */
export function unprovedCondition(server: QlikServer): string | undefined {
  const { spec, status } = server;
  if (!isJudged(server)) return 'Configured';
  const needed = ['Configured', ...CHECKS_OF[spec.type].filter((check) => IDENTITY.has(check))] as const;
  return needed.find((type) => findCondition(status?.conditions ?? [], type)?.status !== 'True');
}

/** The next sync in the rhythm of the server: another one than that of its checks. */
export function nextSync(uid: string, interval: number, after: number): number {
  return nextInstant(`${uid} apps`, interval, after);
}

/** When to look again whether a sync would find something. */
export function nextHint({ spec }: QlikServer, now: number): number {
  return now + Math.max(SHORTEST_HINT_INTERVAL, milliseconds(spec.appSync.interval) / HINTS_PER_SYNC);
}

/** Why a sync is due now, if it is. */
export function dueNow(
  server: QlikServer,
  state: Pick<SyncState, 'failures' | 'nextSyncAt' | 'wanted'>,
  report: AppReport,
  now: number,
): SyncDue | undefined {
  if (openSyncRequest(server, report) !== undefined || acceptsRemovals(server, report)) return 'requested';
  if (report.figures?.lastTime === undefined && state.failures === 0) return 'neverSynced';
  if (state.wanted !== undefined && state.wanted !== wantedOf(server)) return 'specChanged';
  return state.nextSyncAt <= now ? 'scheduled' : undefined;
}

/** Whether a person has said that the apps whose vanishing is not believed are gone. */
function acceptsRemovals({ metadata }: QlikServer, { verdict }: AppReport): boolean {
  const accepted = metadata.annotations?.[ACCEPT_REMOVALS_ANNOTATION] ?? '';
  return (
    verdict.reason === 'SuspiciousListing' && accepted !== '' && verdict.message.endsWith(`=${accepted}`)
  );
}

/** In the rhythm of the server, or sooner after a failure: retryInterval, doubling up to the interval. */
export function nextAttempt({ metadata, spec }: QlikServer, failures: number, retryAfter: number): number {
  const now = Date.now();
  const interval = milliseconds(spec.appSync.interval);
  if (failures === 0) return nextSync(metadata.uid, interval, now + 1);
  const first = milliseconds(spec.checks.retryInterval);
  const delay = doubling(failures, { first, longest: interval });
  return now + Math.max(jittered(delay, Math.random()), retryAfter);
}
