import { entered, hasEntry } from './ledger.ts';
import { At } from './state.ts';
import { ended, podsListed } from './stopped.ts';
import { takenFor } from './taken-for.ts';
import type { Turn } from './turn.ts';
import { ledgerWritten, objectTouched } from './versions.ts';

/** DESIGN §5, "Free": one rule for every entry not being admitted just now, used or not, on events and each minute. */
export function free(turn: Turn): void {
  switch (turn.operator.at) {
    case At.Idle:
      return begin(turn);
    case At.FreeReadsLedger:
      return readLedger(turn);
    case At.FreeWaits:
      return wait(turn);
    case At.FreeTouches:
      return touch(turn);
    case At.FreeListsPods:
      return listPods(turn);
    case At.FreeRemoves:
      return remove(turn);
  }
}

/** "Wait out the 10 s *first* (no ledger version lives that long) …". The wait ends with the read that the touch relies on. */
function begin(turn: Turn): void {
  const { model, s } = turn;
  if (s.ledger.phase !== 'Ready') return;
  s.objects.forEach((_, target) => {
    if (!hasEntry(model, s, target)) return;
    for (const how of takenFor(turn, target)) {
      const touches = how === 'touch it';
      const does = touches ? 'Free: takes it for stopped' : 'Free: takes it for ended or gone';
      turn.goesOn({ at: At.FreeReadsLedger, target, objectCurrent: touches, touches }, does);
    }
  });
}

/** "… → read the ledger …" */
function readLedger(turn: Turn): void {
  const { model, s, operator, target } = turn;
  const does = 'Free: reads the ledger';
  if (s.ledger.phase !== 'Ready' || !hasEntry(model, s, target)) return turn.ends(`${does}: nothing to free`);
  const next = model.without === 'a free holds no version' ? At.FreeWaits : afterWait(operator.touches);
  turn.goesOn({ at: next, ledgerCurrent: true }, does);
}

function afterWait(touches: boolean): number {
  return touches ? At.FreeTouches : At.FreeListsPods;
}

/** Only without "no ledger version lives that long": under load the ledger is written in any 10 s. */
function wait(turn: Turn): void {
  const { model, s, operator, target, object } = turn;
  const how = ended(model, s, turn.who, target);
  if (how === undefined) return turn.ends('Free: it runs');
  const waited = object.kind === 'Job' && !object.finished && (!object.exists || object.generation > 1);
  const ledgerCurrent = operator.ledgerCurrent && !(model.configuration.load && waited);
  const touches = how === 'touch it';
  const next = { at: afterWait(touches), touches, objectCurrent: touches, ledgerCurrent };
  turn.goesOn(next, 'Free: has waited');
}

/** "… → a suspended Job: touch it with the resourceVersion it was read at …": a patch that really changes something. */
function touch(turn: Turn): void {
  const { model, s, operator, target, object } = turn;
  const next = { at: At.FreeListsPods, objectCurrent: false };
  if (model.without === 'a touch in free') return turn.goesOn(next, 'Free: touches nothing');
  const unconditional = model.without === 'a precondition on the touch' && object.exists;
  if (!operator.objectCurrent && !unconditional) return turn.ends('Free: touches it: conflict');
  const changes = model.without !== 'a touch that changes something';
  turn.goesOn(next, 'Free: touches it', changes ? objectTouched(s, target) : s);
}

/** "… → LIST its pods …" */
function listPods(turn: Turn): void {
  const does = 'Free: lists its pods';
  if (podsListed(turn.model, turn.object)) turn.ends(does);
  else turn.goesOn({ at: At.FreeRemoves }, does);
}

/** "… → CAS the entry away." */
function remove(turn: Turn): void {
  const { model, s, operator, target } = turn;
  const does = 'Free: removes the entry';
  const readAgain = model.without === 'the version as read first' && s.ledger.phase === 'Ready';
  if (!operator.ledgerCurrent && !readAgain) return turn.ends(`${does}: conflict`);
  turn.ends(does, ledgerWritten(s, entered(model, s, target, 0)));
}
