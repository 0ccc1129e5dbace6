import { isDeepStrictEqual } from 'node:util';
import { milliseconds } from '../../api/duration.ts';
import type { QlikServerSpec, QlikServerStatus } from '../../api/qlikserver.ts';

const HEARTBEAT = 600_000;

/**
 * Whether a status differs enough to be written. Times of checks alone do not count, or every check of every server
 * would be a write that GitOps tools see; they are carried along by a heartbeat.
 */
export function worthWriting(
  before: QlikServerStatus | undefined,
  after: QlikServerStatus,
  interval: string,
): boolean {
  if (!isDeepStrictEqual(withoutTimes(before), withoutTimes(after))) return true;
  const written = Date.parse(before?.checks?.lastTime ?? '');
  const checked = Date.parse(after.checks?.lastTime ?? '');
  return checked - written >= heartbeat(interval);
}

/** How far `lastTime` may be behind. */
export function heartbeat(interval: QlikServerSpec['checks']['interval']): number {
  return Math.max(HEARTBEAT, milliseconds(interval));
}

function withoutTimes(status: QlikServerStatus | undefined): unknown {
  if (status === undefined) return undefined;
  const {
    lastTime: _lastTime,
    duration: _duration,
    signInProvedTime: _proved,
    ...checks
  } = status.checks ?? {};
  return { ...status, checks };
}
