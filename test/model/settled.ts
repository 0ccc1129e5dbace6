import { slots } from './cap.ts';
import { runs } from './job.ts';
import { limitOf, type Model } from './model.ts';
import { At, at, type State } from './state.ts';
import { waits } from './waiting.ts';

/** What must stay within reach: nobody is busy or waits, no entry of an ended holder is left, and what runs has one. */
export function settled(model: Model, s: State): boolean {
  if (s.ledger.phase !== 'Ready' || s.operators.some((operator) => operator.at !== At.Idle)) return false;
  const limit = limitOf(model, s.server);
  return s.objects.every((object, index) => {
    const entry = at(s.ledger.entries, index) > 0;
    if (waits(object) && object.weight <= limit) return false;
    if (entry) return slots(object) > 0;
    return object.kind === 'SlotLease' || !runs(object) || !(object.labelled || object.template > 0);
  });
}
