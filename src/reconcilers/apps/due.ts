import { CHECKS, CHECKS_OF, findCondition, type CheckName } from '../../api/conditions.ts';
import { milliseconds } from '../../api/duration.ts';
import { SYNC_REQUESTED_AT_ANNOTATION } from '../../api/group.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { nextInstant } from '../../controller/phase.ts';
import type { AppReport } from './report.ts';

/** What `status.lastHandledSyncAt` can hold. */
const LONGEST_REQUEST = 256;
/** Milliseconds between two looks for a hint, at least. */
const SHORTEST_HINT_INTERVAL = 60_000;
/** Looks for a hint between two syncs. */
const HINTS_PER_SYNC = 3;

/** The checks that tell who is asked, and as whom: a catalogue seen by another one would be another one. */
const IDENTITY: ReadonlySet<CheckName> = new Set(CHECKS.slice(0, CHECKS.indexOf('RootAdmin') + 1));

/** Why a sync is made. */
export type SyncDue = 'neverSynced' | 'connectionChanged' | 'requested' | 'scheduled' | 'hinted';

/** The request that was not acted on yet, if there is one. */
export function openSyncRequest({ metadata }: QlikServer, report: AppReport): string | undefined {
  const requested = metadata.annotations?.[SYNC_REQUESTED_AT_ANNOTATION]?.slice(0, LONGEST_REQUEST);
  return requested === report.handledRequest ? undefined : requested;
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
