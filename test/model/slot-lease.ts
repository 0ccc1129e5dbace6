import type { Model, Emit } from './model.ts';
import { REPLICAS, at, replaced, withObject, withOperator, type SlotLease, type State } from './state.ts';
import { objectWritten } from './versions.ts';

/** One leaseDuration, in ticks. The shortest in which a renewal sent late can outlive the grace. */
export const LEASE_DURATION = 2;
/** An operator that has not seen `expiredTime` counts no grace yet. */
export const UNSEEN = LEASE_DURATION + 1;

/** It takes up its slots from its admission until its holder may work no longer. */
export function slotsOfLease(lease: SlotLease): number {
  return (lease.exists && lease.admitted && !lease.expired) || lease.working > 0 ? lease.weight : 0;
}

export function slotLeases(model: Model, s: State, emit: Emit): void {
  s.objects.forEach((lease, target) => {
    if (lease.kind !== 'SlotLease') return;
    holder(model, s, target, emit);
    expiry(model, s, target, emit);
  });
  if (s.objects.some((object) => object.kind === 'SlotLease')) tick(s, emit);
}

/**
 * The holder works at most one leaseDuration after *sending* a renewal that a GET of the QlikExecution (Admitted, not
 * expired) then confirmed. Its clock is its own, but runs at the same rate. It deletes the lease only when it has ended.
 */
function holder(model: Model, s: State, target: number, emit: Emit): void {
  const lease = at(s.objects, target) as SlotLease;
  const does = (next: SlotLease, does: string) =>
    emit(withObject(s, target, next), { who: 'holder', does, target });
  if (!lease.exists) return;
  if (lease.sent < LEASE_DURATION) does({ ...lease, sent: LEASE_DURATION }, 'sends a renewal');
  const confirms = lease.admitted && (!lease.expired || model.without === 'a renewal revives nothing');
  if (confirms && lease.sent > 0)
    does({ ...lease, working: Math.max(lease.working, lease.sent), sent: 0 }, 'has its renewal confirmed');
}

/**
 * Expiry may come at any time, even while renewals arrive: no rule relies on it being deserved. The grace is one
 * leaseDuration of the operator's own clock after it first saw `expiredTime`.
 */
function expiry(model: Model, s: State, target: number, emit: Emit): void {
  const lease = at(s.objects, target) as SlotLease;
  if (!lease.exists || !lease.admitted) return;
  if (!lease.expired)
    emit(objectWritten(s, target, { ...lease, expired: true }), {
      who: 'operator A',
      does: 'writes expiredTime',
      target,
    });
  else for (const who of REPLICAS) seesExpired(model, s, { who, target }, emit);
}

function seesExpired(model: Model, s: State, of: { who: number; target: number }, emit: Emit): void {
  const operator = at(s.operators, of.who);
  if (at(operator.grace, of.target) !== UNSEEN) return;
  const ahead = model.without === "the grace by one's own clock" ? 1 : 0;
  const grace = replaced(operator.grace, of.target, LEASE_DURATION - ahead);
  emit(withOperator(s, of.who, { ...operator, grace }), {
    who: of.who === 0 ? 'operator A' : 'operator B',
    does: 'sees expiredTime and begins its grace',
    target: of.target,
  });
}

function tick(s: State, emit: Emit): void {
  const objects = s.objects.map((object) =>
    object.kind === 'SlotLease'
      ? { ...object, working: Math.max(0, object.working - 1), sent: Math.max(0, object.sent - 1) }
      : object,
  );
  const operators = s.operators.map((operator) => ({
    ...operator,
    grace: operator.grace.map((left) => (left === UNSEEN ? UNSEEN : Math.max(0, left - 1))),
  }));
  emit({ ...s, objects, operators }, { who: 'clock', does: 'ticks' });
}
