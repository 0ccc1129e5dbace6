import type { QlikExecutionLedger } from '../../src/api/qlikexecutionledger.ts';

/** What an admission rests on. */
export interface Reservation {
  /** How many limits had been named when it was made. */
  readonly since: number;
  /** Uids of those that no ledger told of then, or that a person has started since. */
  readonly exempt: Set<string>;
}

/**
 * Which limit binds an admission: the newest that a ledger had named when the slots were reserved, or a higher one named
 * since. What a person starts past the queue counts once an entry tells of it: what comes of that is not the gate's doing.
 */
export class LimitsInForce {
  readonly #named: number[] = [];
  readonly #outside = new Set<string>();
  readonly #reservations = new Map<string, Reservation>();
  /** Started by a person, with pods that no label tells of. */
  readonly #unlabelled = new Set<string>();

  /** A ledger was written. */
  told({ ledger, metadata }: QlikExecutionLedger, { weightOf, isKnown, isRebuilt }: LedgerWrite): void {
    if (ledger.readyUid !== metadata.uid) return;
    if (this.#named.at(-1) !== ledger.limit) this.#named.push(ledger.limit);
    const weights = new Map(ledger.entries.map(({ uid, weight }) => [uid, weight]));
    for (const uid of this.#outside) if ((weights.get(uid) ?? 0) >= weightOf(uid)) this.#outside.delete(uid);
    if (!isRebuilt) return;
    for (const uid of this.#unlabelled) if (!weights.has(uid) && !isKnown(uid)) this.exempt(uid);
  }

  reserved(who: string, uid: string): void {
    this.#reservations.set(`${who} ${uid}`, { since: this.#named.length, exempt: new Set(this.#outside) });
  }

  reservationOf(who: string, uid: string): Reservation | undefined {
    return this.#reservations.get(`${who} ${uid}`);
  }

  /** A person has unsuspended a Job; its pods get no label then, unless it was admitted before. */
  startedByHand(uid: string, { isLabelled }: { readonly isLabelled: boolean }): void {
    if (!isLabelled) this.#unlabelled.add(uid);
    this.exempt(uid);
  }

  exempt(uid: string): void {
    this.#outside.add(uid);
    for (const { exempt } of this.#reservations.values()) exempt.add(uid);
  }

  isOutside(uid: string): boolean {
    return this.#outside.has(uid);
  }

  /** The limit that binds an admission by now. */
  binding({ since }: Reservation): number {
    return Math.max(...this.#named.slice(Math.max(0, since - 1)));
  }
}

export interface LedgerWrite {
  readonly weightOf: (uid: string) => number;
  /** Whether a rebuild can find it: a Job that says so itself. */
  readonly isKnown: (uid: string) => boolean;
  readonly isRebuilt: boolean;
}
