import { at, replaced, type Holder, type Ledger, type Operator, type State } from './state.ts';

/** A write to an object: whoever read it before holds an old resourceVersion, so a precondition on it fails. */
export function objectWritten(s: State, index: number, object: Holder): State {
  return {
    ...s,
    objects: replaced(s.objects, index, object),
    operators: s.operators.map((operator) => withoutObjectVersion(operator, index)),
  };
}

/** A write that changes nothing but the resourceVersion. */
export function objectTouched(s: State, index: number): State {
  return objectWritten(s, index, at(s.objects, index));
}

/** A write to the ledger, or another ledger in its place. */
export function ledgerWritten(s: State, ledger: Ledger): State {
  return { ...s, ledger, operators: s.operators.map(withoutLedgerVersion) };
}

function withoutObjectVersion(operator: Operator, index: number): Operator {
  return operator.objectCurrent && operator.target === index
    ? { ...operator, objectCurrent: false }
    : operator;
}

function withoutLedgerVersion(operator: Operator): Operator {
  return operator.ledgerCurrent ? { ...operator, ledgerCurrent: false } : operator;
}
