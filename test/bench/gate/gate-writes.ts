import type { AuditEntry } from '../../controlplane/audit.ts';

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

type Written = Pick<AuditEntry, 'user' | 'verb' | 'objectRef' | 'requestReceivedTimestamp'>;

/** What a user has written since a moment, by resource; leases, which have a rhythm of their own, left out. */
export function writesOf(
  user: string,
  entries: readonly Written[],
  since: string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { user: who, verb, objectRef, requestReceivedTimestamp: time } of entries) {
    const { resource = '', subresource } = objectRef ?? {};
    if (who.username !== user || !WRITES.has(verb) || resource === 'leases' || time < since) continue;
    const what = subresource === undefined ? resource : `${resource}/${subresource}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}
