import type { LedgerObject, ServerObject } from './objects.ts';

/** The last time that slots were reserved for somebody. */
export interface Reservation {
  /** Number of the version of the ledger. */
  readonly version: number;
  /** Uids of all who had slots then. */
  readonly entries: ReadonlySet<string>;
}

/** Milliseconds for which a limit that was changed may still be the one that a leader has seen. */
const MAY_BE_SEEN = 30_000;

/** What the ledger of a server has said so far, and what was wrong with that by itself. */
export class Account {
  readonly #limits: number[] = [];
  readonly #reservations = new Map<string, Reservation>();
  readonly #limitOf = new Map<string, number>();
  readonly #changes: { readonly limit: number; readonly at: number }[] = [];
  #named: { readonly uid: string; readonly generation: number } | undefined;
  #ledger: LedgerObject | undefined;

  takeServer({ metadata, spec }: ServerObject, now: number): void {
    const generation = `${metadata.uid} ${metadata.generation}`;
    if (this.#limitOf.has(generation)) return;
    this.#limitOf.set(generation, spec.maxParallelExecutions);
    this.#changes.push({ limit: spec.maxParallelExecutions, at: now });
  }

  /** Gives what is wrong, and the uids for whom slots were reserved, anew or once more. */
  takeLedger(ledger: LedgerObject | undefined): { readonly wrong: string[]; readonly reserved: string[] } {
    const before = this.#ledger;
    this.#ledger = ledger;
    if (ledger === undefined) return { wrong: [], reserved: [] };
    const { limit, entries } = ledger.ledger;
    const isSame = before?.metadata.uid === ledger.metadata.uid;
    const attempts = new Map(isSame ? before?.ledger.entries.map(({ uid, attempt }) => [uid, attempt]) : []);
    const reserved = entries.filter(({ uid, attempt }) => attempt > (attempts.get(uid) ?? 0));
    const reservation = { version: this.#limits.length, entries: new Set(entries.map(({ uid }) => uid)) };
    this.#limits.push(limit);
    for (const { uid } of reserved) this.#reservations.set(uid, reservation);
    return { wrong: this.#wrongLimit(ledger), reserved: reserved.map(({ uid }) => uid) };
  }

  /** The limits of the ledger since then. */
  limitsSince({ version }: Reservation): readonly number[] {
    return this.#limits.slice(version);
  }

  reservationOf(uid: string): Reservation | undefined {
    return this.#reservations.get(uid);
  }

  /** The least limit that a leader may have gone by. */
  leastLimit(now: number): number {
    const old = this.#changes.findLastIndex(({ at }) => at < now - MAY_BE_SEEN);
    return Math.min(...this.#changes.slice(Math.max(0, old)).map(({ limit }) => limit));
  }

  /** As the server says now. */
  get limit(): number {
    return this.#changes.at(-1)?.limit ?? 0;
  }

  /** Complete: who has no entry has no slots. */
  get isReady(): boolean {
    return this.#ledger !== undefined && this.#ledger.ledger.readyUid === this.#ledger.metadata.uid;
  }

  hasEntry(uid: string): boolean {
    return this.#ledger?.ledger.entries.some((entry) => entry.uid === uid) === true;
  }

  get entries(): number {
    return this.#ledger?.ledger.entries.length ?? 0;
  }

  /** The limit must be that of the server as the ledger names it, and never that of an earlier one than before. */
  #wrongLimit({ ledger: { server, limit } }: LedgerObject): string[] {
    if (server === undefined) return [];
    const before = this.#named;
    this.#named = server;
    const isOlder = before?.uid === server.uid && server.generation < before.generation;
    const right = this.#limitOf.get(`${server.uid} ${server.generation}`);
    return [
      ...(isOlder ? [`names generation ${server.generation} after ${before.generation}`] : []),
      ...(right === limit ? [] : [`says ${limit} where generation ${server.generation} says ${right}`]),
    ];
  }
}
