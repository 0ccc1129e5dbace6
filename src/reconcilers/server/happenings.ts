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

/** Each warning has a message of its own, so that it is told once. */
function expiryHappenings(before: Condition | undefined, after: Condition | undefined): Happening[] {
  if (after?.reason !== 'ExpiresSoon' || before?.message === after.message) return [];
  return [{ type: 'Warning', reason: 'CertificateExpiresSoon', note: after.message }];
}
