import { findCondition, type Condition } from '../../api/conditions.ts';
import type { QlikServerStatus } from '../../api/qlikserver.ts';
import type { Happening } from '../../kubernetes/events.ts';

/** What happened between two statuses, as events; nothing for what merely goes on. */
export function happeningsOf(
  before: QlikServerStatus | undefined,
  after: QlikServerStatus,
  wasEverConnected: boolean,
): Happening[] {
  const old = before?.conditions ?? [];
  const current = after.conditions ?? [];
  return [
    ...connectionHappenings(
      findCondition(old, 'Connected'),
      findCondition(current, 'Connected'),
      wasEverConnected,
    ),
    ...attentionHappenings(findCondition(old, 'Stalled'), findCondition(current, 'Stalled')),
    ...rejectionHappenings(before, after),
    ...(wasEverConnected ? rotationHappenings(before, after) : []),
    ...expiryHappenings(findCondition(old, 'CertificateValid'), findCondition(current, 'CertificateValid')),
  ];
}

function connectionHappenings(
  before: Condition | undefined,
  after: Condition | undefined,
  wasEverConnected: boolean,
): Happening[] {
  if (after === undefined || before?.status === after.status) return [];
  if (after.status === 'True') {
    return [{ type: 'Normal', reason: wasEverConnected ? 'Recovered' : 'Connected', note: after.message }];
  }
  const lost = before?.status === 'True' && after.status === 'False';
  return lost ? [{ type: 'Warning', reason: 'ConnectionLost', note: after.message }] : [];
}

function attentionHappenings(before: Condition | undefined, after: Condition | undefined): Happening[] {
  if (after === undefined || before !== undefined) return [];
  return [{ type: 'Warning', reason: 'NeedsAttention', note: after.message }];
}

/** New contents are not accepted, and executions keep the former ones. */
function rejectionHappenings(before: QlikServerStatus | undefined, after: QlikServerStatus): Happening[] {
  const { state, message } = after.credential ?? {};
  const isNews = message !== undefined && message !== before?.credential?.message;
  if (state !== 'CandidateRejected' || !isNews) return [];
  return [{ type: 'Warning', reason: 'CandidateRejected', note: message }];
}

/** New contents of a connection that worked before are in use. */
function rotationHappenings(before: QlikServerStatus | undefined, after: QlikServerStatus): Happening[] {
  const connected = findCondition(after.conditions ?? [], 'Connected');
  const isInUse = after.credential?.state === 'Current' && connected?.status === 'True';
  if (!isInUse || !isOtherConnection(before, after)) return [];
  return [
    { type: 'Normal', reason: 'CredentialRotated', note: `new contents are in use: ${connected.message}` },
  ];
}

function isOtherConnection(before: QlikServerStatus | undefined, after: QlikServerStatus): boolean {
  const old = before?.checks?.connectionFingerprint;
  return old !== undefined && old !== after.checks?.connectionFingerprint;
}

/** Each warning has a message of its own, so that it is told once. */
function expiryHappenings(before: Condition | undefined, after: Condition | undefined): Happening[] {
  if (after?.reason !== 'ExpiresSoon' || before?.message === after.message) return [];
  return [{ type: 'Warning', reason: 'CertificateExpiresSoon', note: after.message }];
}
