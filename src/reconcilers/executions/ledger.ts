import {
  LEDGER_FORMAT,
  type LedgerEntry,
  type LedgerRecord,
  type QlikExecutionLedger,
} from '../../api/qlikexecutionledger.ts';

/** Complete, and no copy of another one: `readyUid` is its own uid. */
export function isReady({ metadata, ledger }: QlikExecutionLedger): boolean {
  return ledger.readyUid === metadata.uid;
}

/** Written by a newer operator, whose rules this one does not know. */
export function isNewerFormat({ ledger }: QlikExecutionLedger): boolean {
  return ledger.formatVersion > LEDGER_FORMAT;
}

/** Slots that are taken. */
export function taken(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { weight }) => sum + weight, 0);
}

/** Slots that others than this one take. */
export function takenByOthers(entries: readonly LedgerEntry[], uid: string): number {
  return taken(entries.filter((entry) => entry.uid !== uid));
}

/** Who asks for slots. */
export type Claim = Pick<LedgerEntry, 'kind' | 'uid' | 'namespace' | 'name' | 'weight'>;

/**
 * What a claim takes: never less than its entry that stands, as another operator may have admitted a heavier version of it
 * since this one was read (docs/gate-model.md).
 */
export function weightOf(entries: readonly LedgerEntry[], { uid, weight }: Claim): number {
  return Math.max(weight, entries.find((entry) => entry.uid === uid)?.weight ?? 0);
}

/** The entries with one for this claim: anew, or once more where it stands already. */
export function withEntry(entries: readonly LedgerEntry[], claim: Claim, since: string): LedgerEntry[] {
  const { kind, uid, namespace, name } = claim;
  const before = entries.find((entry) => entry.uid === uid);
  const weight = weightOf(entries, claim);
  const entry: LedgerEntry = {
    kind,
    uid,
    namespace,
    name,
    weight,
    attempt: (before?.attempt ?? 0) + 1,
    since: before?.since ?? since,
  };
  return [...entries.filter((each) => each.uid !== uid), entry];
}

export function withoutEntries(entries: readonly LedgerEntry[], uids: ReadonlySet<string>): LedgerEntry[] {
  return entries.filter(({ uid }) => !uids.has(uid));
}

/**
 * The entries after some uses have ended: free at once, or, with a cooldown, when that is over. A slot that was never
 * used has nothing to cool down.
 */
export function afterEnd(
  entries: readonly LedgerEntry[],
  ended: ReadonlySet<string>,
  { cooldown, now }: { cooldown: number; now: number },
): LedgerEntry[] {
  if (cooldown === 0) return withoutEntries(entries, ended);
  const endedAt = new Date(now).toISOString();
  return entries.map((entry) =>
    ended.has(entry.uid) && entry.endedAt === undefined ? { ...entry, endedAt } : entry,
  );
}

/** Until when an entry whose use has ended keeps its slots; `undefined` while it is in use. */
export function coolUntil({ endedAt }: LedgerEntry, cooldown: number): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) + cooldown;
}

export function emptyRecord(limit: number): LedgerRecord {
  return { formatVersion: LEDGER_FORMAT, limit, entries: [] };
}
