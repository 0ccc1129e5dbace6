import { isDeepStrictEqual } from 'node:util';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import { timestamp } from '../../time/timestamp.ts';

/** Milliseconds between two copies of figures that say neither "empty" nor "full". */
const COPY_INTERVAL = 30_000;

/** How many executions there are of a server. */
export interface ExecutionReport {
  readonly uid: string;
  readonly limit: number;
  readonly running: number;
  readonly queued: number;
  /** Milliseconds since the epoch. */
  readonly oldestQueuedSince: number | undefined;
  readonly isRebuilding: boolean;
}

interface Kept {
  readonly shown: ExecutionReport;
  readonly shownAt: number;
  readonly latest: ExecutionReport;
}

/**
 * The figures of all servers, live and as their status shows them: a copy that is made when a server becomes empty or
 * full, or ceases to be, and else twice a minute at most.
 */
export class ExecutionReports {
  readonly #kept = new Map<Key, Kept>();
  readonly #now: () => number;

  /** `now`: milliseconds of a clock that is never set. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What the status should show. */
  shown(server: QlikServer): ExecutionReport {
    const kept = this.#kept.get(keyOf(server))?.shown;
    return kept?.uid === server.metadata.uid ? kept : restoredReport(server);
  }

  latest(key: Key): ExecutionReport | undefined {
    return this.#kept.get(key)?.latest;
  }

  /** Takes the figures; whether they are shown now, which they are half a minute after the last ones at the latest. */
  set(server: QlikServer, latest: ExecutionReport): boolean {
    const key = keyOf(server);
    const before = this.#kept.get(key);
    const shown = this.shown(server);
    const age = this.#now() - (before?.shownAt ?? Number.NEGATIVE_INFINITY);
    const isNews =
      state(shown) !== state(latest) || (age >= COPY_INTERVAL && !isDeepStrictEqual(shown, latest));
    this.#kept.set(
      key,
      isNews
        ? { shown: latest, shownAt: this.#now(), latest }
        : { shown, shownAt: before?.shownAt ?? this.#now(), latest },
    );
    return isNews;
  }

  forget(key: Key): void {
    this.#kept.delete(key);
  }
}

/** What is told at once when it changes. */
function state({ limit, running, queued, isRebuilding }: ExecutionReport): string {
  const fill = running === 0 ? 'empty' : running < limit ? 'some' : running === limit ? 'full' : 'over';
  return `${limit} ${fill} ${queued > 0} ${isRebuilding}`;
}

function restoredReport({ metadata, spec, status }: QlikServer): ExecutionReport {
  const { limit, running = 0, queued = 0, oldestQueuedSince } = status?.executions ?? {};
  const since = Date.parse(oldestQueuedSince ?? '');
  return {
    uid: metadata.uid,
    limit: limit ?? spec.maxParallelExecutions,
    running,
    queued,
    oldestQueuedSince: Number.isNaN(since) ? undefined : since,
    isRebuilding: false,
  };
}

/** `status.executions`. */
export function executionsOf({
  limit,
  running,
  queued,
  oldestQueuedSince,
}: ExecutionReport): QlikServerStatus['executions'] {
  return {
    limit,
    running,
    queued,
    summary: queued === 0 ? `${running}/${limit}` : `${running}/${limit} (${queued} queued)`,
    ...(oldestQueuedSince === undefined ? {} : { oldestQueuedSince: timestamp(oldestQueuedSince) }),
  };
}
