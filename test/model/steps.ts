import { add } from './add.ts';
import { admit } from './admit.ts';
import { faults } from './faults.ts';
import { free } from './free.ts';
import { jobController } from './job-controller.ts';
import { nameOf, type Emit, type Model } from './model.ts';
import { rebuild } from './rebuild.ts';
import { slotLeases } from './slot-lease.ts';
import { At, LATE, REPLICAS, at, withOperator, type State } from './state.ts';
import { Turn } from './turn.ts';
import { user } from './user.ts';

/** Everything that can happen next, whoever does it. */
export function steps(model: Model, s: State, emit: Emit): void {
  for (const who of REPLICAS) operator(model, s, who, emit);
  if (at(s.operators, LATE).at !== At.Idle) operator(model, s, LATE, emit);
  jobController(s, emit);
  slotLeases(model, s, emit);
  user(model, s, emit);
  faults(model, s, emit);
}

function operator(model: Model, s: State, who: number, emit: Emit): void {
  const turn = new Turn(model, s, who, emit);
  admit(turn);
  free(turn);
  add(turn);
  rebuild(turn);
  const self = turn.operator;
  if (who !== LATE && self.cachedServer < s.server)
    emit(withOperator(s, who, { ...self, cachedServer: s.server }), {
      who: nameOf(who),
      does: 'sees the changed QlikServer',
    });
}
