/**
 * What is stored in the API server, what the Job controller's cache holds, and where each operator stands in its rule.
 *
 * There are no resourceVersions in it. A version is only ever compared with the one in force, so an operator keeps one
 * bit, "what I read is still what is stored", which any write to the object clears (versions.ts).
 */

export interface Ledger {
  /** `Ready`: its readyUid is its own metadata.uid. */
  readonly phase: 'Missing' | 'NotReady' | 'Ready';
  /** The QlikServer it names, as an index into the versions (uid, generation) which the user writes one by one. */
  readonly server: number;
  /** The weight of each object's entry; 0: it has none. */
  readonly entries: readonly number[];
}

export interface Job {
  readonly kind: 'Job';
  readonly exists: boolean;
  /** Odd while suspended, even while not, since nothing else of the spec changes; 0: not created yet. */
  readonly generation: number;
  /** How many of its changes, deletion included, the Job controller's cache has not seen. */
  readonly lag: number;
  readonly finished: boolean;
  readonly held: boolean;
  readonly refused: boolean;
  readonly labelled: boolean;
  readonly weight: number;
  /** The label with the weight on its pod template, put there by an admission; 0: none. */
  readonly template: number;
  /** Weights of its active pod and of its terminating ones, and the same as their labels say; 0: none. */
  readonly pod: number;
  readonly podLabel: number;
  readonly ending: number;
  readonly endingLabel: number;
  /** For the property only: a person unsuspended it, and no entry that tells of it has been written since. */
  readonly outside: boolean;
}

export interface SlotLease {
  readonly kind: 'SlotLease';
  readonly exists: boolean;
  readonly admitted: boolean;
  readonly expired: boolean;
  readonly weight: number;
  /** For how many ticks its holder may go on working, and would if the renewal it has sent were confirmed. */
  readonly working: number;
  readonly sent: number;
}

export type Holder = Job | SlotLease;

/** The step an operator takes next, named after the rules of DESIGN §5. */
export const At = {
  Idle: 0,
  AdmitReadsLedger: 1,
  AdmitReadsServer: 2,
  AdmitReserves: 3,
  AdmitPatches: 4,
  AdmitRefuses: 5,
  FreeReadsLedger: 6,
  FreeWaits: 7,
  FreeTouches: 8,
  FreeListsPods: 9,
  FreeRemoves: 10,
  FreeAdds: 11,
  RebuildTouches: 12,
  RebuildListsRunning: 13,
  RebuildListsPods: 14,
  RebuildReadsServer: 15,
  RebuildPublishes: 16,
} as const;

export interface Operator {
  readonly at: number;
  readonly target: number;
  /** Whether the versions it read, of the target and of the ledger, are still the stored ones. */
  readonly objectCurrent: boolean;
  readonly ledgerCurrent: boolean;
  /** In Free: the object could still be admitted, so it must be touched. */
  readonly touches: boolean;
  /** In Admit: the weight as read. */
  readonly weight: number;
  /** The version of the QlikServer that the rule goes by; once reserved, the one then in force. */
  readonly server: number;
  /** For the property only: a set of objects that were outside the ledger when it reserved. */
  readonly exempt: number;
  /** In a rebuild: weights found, and changes the Job controller had not seen at the LIST and has not seen since. */
  readonly found: readonly number[];
  readonly unseen: readonly number[];
  /** Its cached QlikServer, and the ticks left of each slot lease's grace; both outlive a rule. */
  readonly cachedServer: number;
  readonly grace: readonly number[];
}

export interface State {
  readonly ledger: Ledger;
  /** The QlikServer as stored, and, for the property only, the newest one that any ledger has named. */
  readonly server: number;
  readonly named: number;
  readonly objects: readonly Holder[];
  /** Two operators, and one sender whose only request is still on its way (faults.ts). */
  readonly operators: readonly Operator[];
}

export const REPLICAS: readonly number[] = [0, 1];
export const LATE = 2;
/** The target of whoever has none. */
export const NOTHING = 7;
const EMPTY: readonly number[] = [];

/** Back at the start of every rule, with what an operator keeps between rules. */
export function idle(operator: Operator): Operator {
  return operator.at === At.Idle
    ? operator
    : { ...RESTING, cachedServer: operator.cachedServer, grace: operator.grace };
}

export const RESTING: Operator = {
  at: At.Idle,
  target: NOTHING,
  objectCurrent: false,
  ledgerCurrent: false,
  touches: false,
  weight: 0,
  server: 0,
  exempt: 0,
  found: EMPTY,
  unseen: EMPTY,
  cachedServer: 0,
  grace: EMPTY,
};

export function replaced<T>(list: readonly T[], index: number, item: T): readonly T[] {
  const copy = list.slice();
  copy[index] = item;
  return copy;
}

export function withOperator(s: State, who: number, operator: Operator): State {
  return { ...s, operators: replaced(s.operators, who, who === LATE ? RESTING : operator) };
}

export function withObject(s: State, index: number, object: Holder): State {
  return { ...s, objects: replaced(s.objects, index, object) };
}

export function withEntry(ledger: Ledger, index: number, weight: number): Ledger {
  return { ...ledger, entries: replaced(ledger.entries, index, weight) };
}

/** Out of bounds is a fault of the model, never a case. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index} among ${list.length}`);
  return item;
}
