import { emptyLedger } from './ledger.ts';
import { nameOf, type Emit, type Model } from './model.ts';
import { UNSEEN } from './slot-lease.ts';
import { At, LATE, REPLICAS, RESTING, at, idle, replaced, withOperator, type State } from './state.ts';
import { ledgerWritten } from './versions.ts';

export type Fault = 'a late request' | 'a lost ledger' | 'a restored ledger';

/** Steps whose request can reach the API server after the operator has given it up. */
const WRITES: ReadonlySet<number> = new Set([
  At.AdmitReserves,
  At.AdmitPatches,
  At.FreeRemoves,
  At.RebuildPublishes,
]);

/**
 * An operator can be frozen at any step without a fault of its own here: the others just go on. A request lost, or a crash
 * before it, is to give up; an answer lost, or a crash after it, is to give up after the step.
 */
export function faults(model: Model, s: State, emit: Emit): void {
  for (const who of REPLICAS) {
    givesUp(s, who, emit);
    if (model.configuration.faults.includes('a late request')) sendsLate(s, who, emit);
  }
  if (s.ledger.phase === 'Missing') return;
  if (model.configuration.faults.includes('a lost ledger'))
    emit(ledgerWritten(s, emptyLedger(s, 'Missing')), { who: 'fault', does: 'the ledger is lost' });
  if (model.configuration.faults.includes('a restored ledger')) restored(model, s, emit);
}

function givesUp(s: State, who: number, emit: Emit): void {
  const operator = at(s.operators, who);
  if (operator.at !== At.Idle)
    emit(withOperator(s, who, idle(operator)), { who: 'fault', does: `${nameOf(who)} gives up` });
  if (operator.grace.some((left) => left !== UNSEEN))
    emit(withOperator(s, who, { ...idle(operator), grace: operator.grace.map(() => UNSEEN) }), {
      who: 'fault',
      does: `${nameOf(who)} crashes`,
    });
}

function sendsLate(s: State, who: number, emit: Emit): void {
  const operator = at(s.operators, who);
  if (!WRITES.has(operator.at) || at(s.operators, LATE).at !== At.Idle) return;
  const late = { ...operator, cachedServer: RESTING.cachedServer, grace: RESTING.grace };
  const operators = replaced(replaced(s.operators, who, idle(operator)), LATE, late);
  emit({ ...s, operators }, { who: 'fault', does: `the request of ${nameOf(who)} is late` });
}

/** From a backup of the first, empty, ready one: its readyUid is of another uid. What a rebuild meets it replaces. */
function restored(model: Model, s: State, emit: Emit): void {
  const phase = model.without === 'ready by uid' ? 'Ready' : 'NotReady';
  emit(ledgerWritten(s, emptyLedger(s, phase)), {
    who: 'fault',
    does: 'the ledger is restored from a backup',
  });
}
