import type { Model } from './model.ts';
import type { Rule } from './rules.ts';
import { At, idle, type Operator, type State } from './state.ts';

/** Steps after which nothing is left but reads and a write with a precondition on the ledger. */
const FOR_THE_LEDGER: ReadonlySet<number> = new Set([
  At.AdmitReadsServer,
  At.AdmitReserves,
  At.FreeListsPods,
  At.FreeRemoves,
  At.FreeAdds,
  At.RebuildListsRunning,
  At.RebuildListsPods,
  At.RebuildReadsServer,
  At.RebuildPublishes,
]);

/** Steps whose next write has a precondition on the object. */
const FOR_THE_OBJECT: ReadonlySet<number> = new Set([At.AdmitPatches, At.FreeTouches]);

/** Without one of these, a stale version may be no obstacle. */
const PRECONDITIONS: ReadonlySet<Rule> = new Set<Rule>([
  'a precondition on the patch',
  'a touch in free',
  'a precondition on the touch',
  'the version as read first',
  'a placeholder',
  'ready by CAS',
]);

/** A reduction: an operator that has nothing ahead but reads and a conflict is as one that has met the conflict. */
export function withoutDoomed(model: Model, s: State): State {
  if (model.without !== undefined && PRECONDITIONS.has(model.without)) return s;
  if (!s.operators.some(doomed)) return s;
  return { ...s, operators: s.operators.map((operator) => (doomed(operator) ? idle(operator) : operator)) };
}

function doomed(operator: Operator): boolean {
  if (!operator.ledgerCurrent && FOR_THE_LEDGER.has(operator.at)) return true;
  if (operator.objectCurrent) return false;
  return FOR_THE_OBJECT.has(operator.at) || (operator.at === At.FreeReadsLedger && operator.touches);
}
