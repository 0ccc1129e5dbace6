import { findCondition } from '../../api/conditions.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { Verdict } from '../server/verdict.ts';
import type { ExecutionReport } from './report.ts';

/** Sessions that Qlik Sense Enterprise allows an account at the same time. */
const SESSIONS_PER_USER = 5;
/** Milliseconds for which executions have waited at a full server before that is worth a word. */
const SATURATED_AFTER = 15 * 60_000;

interface Surroundings {
  readonly now: number;
  /** Other QlikServers that use the same server as the same user. */
  readonly sharedWith: readonly Key[];
}

/** What ExecutionsWithinLimit says: whether the limit is kept, and advice on it. */
export function executionsVerdict(
  server: QlikServer,
  report: ExecutionReport,
  { now, sharedWith }: Surroundings,
): Verdict {
  if (report.isRebuilding) return REBUILDING;
  if (report.running > report.limit) return OVER_LIMIT;
  if (sharedWith.length > 0) return sharedIdentity(sharedWith);
  if (server.spec.type === 'OnPremise' && report.limit > SESSIONS_PER_USER) return ABOVE_SESSION_LIMIT;
  const isFull = report.running === report.limit && report.queued > 0;
  return (isFull ? adviceWhenFull(server, report, now) : undefined) ?? WITHIN_LIMIT;
}

const REBUILDING: Verdict = {
  status: 'Unknown',
  reason: 'LedgerRebuilding',
  message: 'the operator is counting who runs, and admits nobody until it knows; that takes some ten seconds',
};

const OVER_LIMIT: Verdict = {
  status: 'False',
  reason: 'OverLimit',
  message:
    'more slots are taken than spec.maxParallelExecutions allows: it was lowered, or executions were started past the queue; nobody is admitted until enough have ended',
};

const ABOVE_SESSION_LIMIT: Verdict = {
  status: 'True',
  reason: 'AboveSessionLimit',
  message: `Qlik allows an account ${SESSIONS_PER_USER} sessions, so that executions beyond these fail; lower spec.maxParallelExecutions, or use several accounts`,
};

const WITHIN_LIMIT: Verdict = {
  status: 'True',
  reason: 'WithinLimit',
  message: 'no more slots are taken than spec.maxParallelExecutions allows',
};

function sharedIdentity(others: readonly Key[]): Verdict {
  return {
    status: 'True',
    reason: 'SharedIdentity',
    message: `other QlikServers use the same server as the same user, and Qlik counts their sessions together: ${others.join(', ')}`,
  };
}

function adviceWhenFull(
  { status }: QlikServer,
  { oldestQueuedSince }: ExecutionReport,
  now: number,
): Verdict | undefined {
  const conditions = status?.conditions ?? [];
  if (findCondition(conditions, 'VirtualProxyReady')?.reason === 'SessionsExhausted') {
    return {
      status: 'True',
      reason: 'QlikSlow',
      message: 'Qlik has no session left for the account; lower spec.maxParallelExecutions',
    };
  }
  const isWell = findCondition(conditions, 'Connected')?.status === 'True';
  if (!isWell || now - (oldestQueuedSince ?? now) < SATURATED_AFTER) return undefined;
  return {
    status: 'True',
    reason: 'Saturated',
    message:
      'executions have waited for more than 15 minutes while Qlik is well; spread the schedules, or raise spec.maxParallelExecutions if the Qlik server has room',
  };
}
