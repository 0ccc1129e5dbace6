import { isDeepStrictEqual } from 'node:util';
import type { QlikServerStatus } from '../../api/qlikserver.ts';

/**
 * Whether a status differs enough to be written. Times of checks and syncs alone do not count, or every check of every server
 * would be a write that GitOps tools see; they are carried along by a heartbeat, when `lastTime` is `longest` milliseconds behind.
 */
export function worthWriting(
  before: QlikServerStatus | undefined,
  after: QlikServerStatus,
  longest: number,
): boolean {
  if (!isDeepStrictEqual(withoutTimes(before), withoutTimes(after))) return true;
  const written = Date.parse(before?.checks?.lastTime ?? '');
  const checked = Date.parse(after.checks?.lastTime ?? '');
  return checked - written >= longest;
}

function withoutTimes(status: QlikServerStatus | undefined): unknown {
  if (status === undefined) return undefined;
  const {
    lastTime: _lastTime,
    duration: _duration,
    signInProvedTime: _proved,
    ...checks
  } = status.checks ?? {};
  const { lastTime: _synced, lastAttemptTime: _tried, duration: _took, ...appSync } = status.appSync ?? {};
  return { ...status, checks, appSync };
}
