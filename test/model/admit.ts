import { admissionBreach, counted, outsideLedger } from './cap.ts';
import { entered, entryWeight, hasEntry, othersWeight } from './ledger.ts';
import { limitOf } from './model.ts';
import { At, at, type Holder, type Operator, type State } from './state.ts';
import { stopped } from './stopped.ts';
import type { Turn } from './turn.ts';
import { ledgerWritten, objectWritten } from './versions.ts';
import { head, waits } from './waiting.ts';

/** DESIGN §5, "Admit"; slot leases take the same steps, with the `Admitted` patch as (3). */
export function admit(turn: Turn): void {
  switch (turn.operator.at) {
    case At.Idle:
      return readObject(turn);
    case At.AdmitReadsLedger:
      return readLedger(turn);
    case At.AdmitReadsServer:
      return turn.goesOn({ at: At.AdmitReserves, server: turn.s.server }, 'Admit (2): gets the QlikServer');
    case At.AdmitReserves:
      return reserve(turn);
    case At.AdmitPatches:
      return patch(turn);
    case At.AdmitRefuses:
      return refuse(turn);
  }
}

/**
 * "(1) read the Job: suspended, unfinished, not held, not wider than the limit, stopped." The LIST of its pods is part of
 * the step: while the Job stays at the version read, its pods only end. A read from a cache is a read made earlier.
 */
function readObject(turn: Turn): void {
  const { model, s } = turn;
  const limit = limitOf(model, turn.operator.cachedServer);
  s.objects.forEach((object, target) => {
    if (!waits(object) || object.weight > limit || !stopped(model, object)) return;
    if (model.configuration.inOrder && target !== head(model, s)) return;
    const read = { target, objectCurrent: true, weight: object.weight };
    turn.goesOn({ at: At.AdmitReadsLedger, ...read }, 'Admit (1): reads it');
  });
}

/** "(2) Read the ledger; unless the cached QlikServer is the one it names (uid, generation), GET it *after* that …" */
function readLedger(turn: Turn): void {
  const { model, s, target } = turn;
  const { ledger } = s;
  const does = 'Admit (2): reads the ledger';
  if (ledger.phase !== 'Ready') return turn.ends(`${does}: not ready`);
  const server = turn.operator.cachedServer;
  const fresh = server === ledger.server || model.without === 'the limit from a fresh QlikServer';
  if (!fresh) return turn.goesOn({ at: At.AdmitReadsServer, ledgerCurrent: true }, does);
  if (model.without === 'a write even if the entry stands' && hasEntry(model, s, target))
    return reserved(turn, { ...turn.operator, server }, does, s);
  turn.goesOn({ at: At.AdmitReserves, ledgerCurrent: true, server }, does);
}

/**
 * "… CAS the entry **always**, also when it stands already (attempt + 1), with the weight as just read: it must fit, the
 * others' weights counted." While the version read is the stored one, what is stored is what was read.
 */
function reserve(turn: Turn): void {
  const { model, s, operator, target } = turn;
  const weight = reservedWeight(turn);
  const fits = othersWeight(model, s, target) + weight <= limitOf(model, operator.server);
  const stands = model.without === 'a standing entry fitted again' && hasEntry(model, s, target);
  if (!operator.ledgerCurrent) return turn.ends('Admit (2): writes the entry: conflict');
  if (!fits && !stands) return turn.ends('Admit (2): it does not fit');
  const ledger = { ...entered(model, s, target, weight), server: operator.server };
  reserved(turn, operator, 'Admit (2): writes the entry', counted(ledgerWritten(s, ledger), target));
}

/**
 * Here the model is stricter than DESIGN §5: an entry that stands is never lowered. What was just read can be older than
 * an admission with a higher weight, for which the entry stands now.
 */
function reservedWeight({ model, s, operator }: Turn): number {
  if (model.without === 'a standing weight never lowered') return operator.weight;
  return Math.max(operator.weight, entryWeight(model, s, operator.target));
}

/** Only the patch is left. The limit in force, and what is outside the ledger, are as of now. */
function reserved(turn: Turn, { server }: Operator, does: string, s: State): void {
  const named = Math.max(s.named, server);
  const next = { at: At.AdmitPatches, ledgerCurrent: false, server: named, exempt: outsideLedger(s) };
  turn.goesOn(next, does, { ...s, named });
}

/**
 * "(3) Patch `suspend: false`, `queue-state: Admitted` and, on the pod template, server label and weight, with the
 * resourceVersion of (1). Any failure or timeout → back to (1), never to (3); refused as invalid → `Refused`."
 */
function patch(turn: Turn): void {
  const { model, s, operator, target, object } = turn;
  const does = 'Admit (3): patches it';
  const unconditional = model.without === 'a precondition on the patch' && waits(object);
  if (!operator.objectCurrent && !unconditional) return turn.ends(`${does}: conflict`);
  if (at(model.configuration.objects, target).invalid) {
    if (model.without === 'an invalid patch refuses the Job') return turn.ends(`${does}: invalid`);
    return turn.goesOn({ at: At.AdmitRefuses }, `${does}: invalid`);
  }
  const written = objectWritten(s, target, admitted(object));
  turn.ends(does, written, admissionBreach(model, written, operator));
}

function admitted(object: Holder): Holder {
  if (object.kind === 'SlotLease') return { ...object, admitted: true };
  const { generation, lag, weight } = object;
  return { ...object, generation: generation + 1, lag: lag + 1, template: weight };
}

function refuse(turn: Turn): void {
  const { s, target, object } = turn;
  const written = object.kind === 'Job' ? objectWritten(s, target, { ...object, refused: true }) : s;
  turn.ends('Admit (3): refuses it', written);
}
