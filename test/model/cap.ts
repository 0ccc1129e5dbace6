import { slotsOfJob } from './job.ts';
import type { Model } from './model.ts';
import { slotsOfLease } from './slot-lease.ts';
import { at, withObject, type Holder, type Operator, type State } from './state.ts';

/** The slots an object takes up in truth, whatever the ledger says. */
export function slots(object: Holder): number {
  return object.kind === 'Job' ? slotsOfJob(object) : slotsOfLease(object);
}

/**
 * The property: an admission by the gate, its patch just applied, never takes the holders beyond the limit in force.
 * In force is the newest one that the ledger had named when the slot was reserved, or a higher one that it has named since.
 * Not counted is what was outside the ledger then, or was unsuspended by hand since: that is shown as OverLimit, and not
 * the gate's doing.
 */
export function admissionBreach(model: Model, s: State, operator: Operator): string | undefined {
  const limit = Math.max(...model.configuration.limits.slice(operator.server, s.named + 1));
  let sum = 0;
  s.objects.forEach((object, index) => {
    if ((operator.exempt & (1 << index)) === 0) sum += slots(object);
  });
  return sum > limit ? `${sum} slots are taken up of ${limit}` : undefined;
}

/** The set of objects that a person unsuspended and no entry tells of. */
export function outsideLedger(s: State): number {
  let set = 0;
  s.objects.forEach((object, index) => {
    if (object.kind === 'Job' && object.outside) set |= 1 << index;
  });
  return set;
}

/** An entry was written that tells of all the slots it takes up: from now on it counts, however it came to run. */
export function counted(s: State, target: number): State {
  const object = at(s.objects, target);
  if (object.kind !== 'Job' || !object.outside || at(s.ledger.entries, target) < slots(object)) return s;
  return withObject(s, target, { ...object, outside: false });
}

/** A rebuild cannot find what a person unsuspended and no admission ever labelled, once it is suspended again or gone. */
export function forgotten(s: State, target: number): State {
  const object = at(s.objects, target);
  if (object.kind !== 'Job' || object.template > 0 || at(s.ledger.entries, target) > 0) return s;
  return withObject(s, target, { ...object, outside: true });
}
