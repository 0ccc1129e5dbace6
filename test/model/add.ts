import { counted } from './cap.ts';
import { runs } from './job.ts';
import { entered, hasEntry } from './ledger.ts';
import { At } from './state.ts';
import type { Turn } from './turn.ts';
import { ledgerWritten } from './versions.ts';

/** DESIGN §5, "Free": "What runs without an entry gets one by CAS, fitting or not." */
export function add(turn: Turn): void {
  if (turn.operator.at === At.Idle) begin(turn);
  if (turn.operator.at === At.FreeAdds) write(turn);
}

/** The Job and the ledger are read. */
function begin(turn: Turn): void {
  const { model, s } = turn;
  if (s.ledger.phase !== 'Ready') return;
  s.objects.forEach((object, target) => {
    if (object.kind !== 'Job' || !runs(object) || hasEntry(model, s, target)) return;
    if (!object.labelled && object.template === 0) return;
    const read = { target, ledgerCurrent: true, weight: object.weight };
    turn.goesOn({ at: At.FreeAdds, ...read }, 'Free: sees it run without an entry');
  });
}

/** By now it may have stopped: then the entry is freed like any other. */
function write(turn: Turn): void {
  const { model, s, operator, target } = turn;
  const does = 'Free: adds its entry';
  if (!operator.ledgerCurrent) return turn.ends(`${does}: conflict`);
  turn.ends(does, counted(ledgerWritten(s, entered(model, s, target, operator.weight)), target));
}
