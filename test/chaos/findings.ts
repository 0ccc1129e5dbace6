import type { AuditEntry } from '../controlplane/audit.ts';

/** The API server holds leases of its own. */
const LEASE = 'qlik-operator';

function succeeded({ responseStatus }: AuditEntry): boolean {
  const code = responseStatus?.code ?? 0;
  return code >= 200 && code < 300;
}

/**
 * Statuses written by somebody who was not the last to take or renew the lease, or who has given it back: two leaders at once, as the API server saw it.
 * Each replica must have a user of its own.
 */
export function writesWithoutLease(entries: readonly AuditEntry[]): AuditEntry[] {
  let leader: string | undefined;
  const wrong: AuditEntry[] = [];
  for (const entry of entries) {
    if (!succeeded(entry) || !WRITES.has(entry.verb)) continue;
    if (isOfLease(entry)) leader = isRelease(entry) ? undefined : entry.user.username;
    if (isOfStatus(entry) && entry.user.username !== leader) wrong.push(entry);
  }
  return wrong;
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

function isOfLease({ objectRef }: AuditEntry): boolean {
  return objectRef?.resource === 'leases' && objectRef.name === LEASE;
}

function isRelease({ requestObject }: AuditEntry): boolean {
  return (requestObject as { spec?: { holderIdentity?: string } } | undefined)?.spec?.holderIdentity === '';
}

function isOfStatus({ objectRef }: AuditEntry): boolean {
  return objectRef?.resource === 'qlikservers' && objectRef.subresource === 'status';
}

function isList({ verb, requestURI }: AuditEntry): boolean {
  return verb === 'list' || (verb === 'watch' && requestURI.includes('sendInitialEvents=true'));
}

/** How often each replica has read the whole state of a resource since then: `user resource namespace` → count. */
export function listsSince(entries: readonly AuditEntry[], since: Date): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const { objectRef, user, requestReceivedTimestamp } = entry;
    if (!isList(entry) || !succeeded(entry) || new Date(requestReceivedTimestamp) < since) continue;
    const key = `${user.username} ${objectRef?.resource} ${objectRef?.namespace ?? '*'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
