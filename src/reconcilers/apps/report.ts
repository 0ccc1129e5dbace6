import { formatDuration } from '../../api/duration.ts';
import { findCondition } from '../../api/conditions.ts';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import type { Reason } from '../../api/reasons.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import { timestamp } from '../../time/timestamp.ts';
import { notRun, type Verdict } from '../server/verdict.ts';

/** What is known of the catalogue of a server: what its status says of it. */
export interface AppReport {
  readonly uid: string;
  readonly verdict: Verdict;
  readonly figures: QlikServerStatus['appSync'];
  readonly handledRequest: string | undefined;
}

const NOT_YET: Verdict = notRun('the apps have not been synced yet');

/** The reports of all servers. The status of a server is written in one place, which asks for them here. */
export class AppReports {
  readonly #reports = new Map<Key, AppReport>();

  /** The report of a server; after a restart, what its status says. */
  of(server: QlikServer): AppReport {
    const known = this.#reports.get(keyOf(server));
    return known?.uid === server.metadata.uid ? known : restoredReport(server);
  }

  set(key: Key, report: AppReport): void {
    this.#reports.set(key, report);
  }

  forget(key: Key): void {
    this.#reports.delete(key);
  }

  get size(): number {
    return this.#reports.size;
  }
}

function restoredReport({ metadata, status }: QlikServer): AppReport {
  const found = findCondition(status?.conditions ?? [], 'AppsSynced');
  return {
    uid: metadata.uid,
    verdict:
      found === undefined || found.reason === 'AppSyncDisabled'
        ? NOT_YET
        : { status: found.status, reason: found.reason as Reason, message: found.message },
    figures: status?.appSync,
    handledRequest: status?.lastHandledSyncAt,
  };
}

/** What AppsSynced says. */
export function appsVerdict({ spec }: QlikServer, { verdict }: AppReport): Verdict {
  if (spec.appSync.enabled) return verdict;
  return {
    status: 'Unknown',
    reason: 'AppSyncDisabled',
    message: 'spec.appSync.enabled is false; the QlikApps that exist stay as they are',
  };
}

interface FinishedSync {
  readonly startedAt: number;
  readonly duration: number;
  readonly complete: boolean;
  readonly apps?: number;
  readonly added?: number;
  readonly changed?: number;
  readonly removed?: number;
}

/** What status.appSync says after a sync. A sync that changed nothing leaves standing what the last one changed. */
export function figuresAfter(before: AppReport['figures'], sync: FinishedSync): AppReport['figures'] {
  const { startedAt, duration, complete, apps, added = 0, changed = 0, removed = 0 } = sync;
  return {
    ...before,
    lastAttemptTime: timestamp(startedAt),
    ...(complete ? { lastTime: timestamp(startedAt), duration: formatDuration(duration) } : {}),
    ...(apps === undefined ? {} : { apps }),
    ...(added + changed + removed > 0 ? { added, changed, removed } : {}),
  };
}
