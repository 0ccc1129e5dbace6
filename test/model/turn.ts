import { nameOf, type Emit, type Model } from './model.ts';
import { NOTHING, at, idle, withOperator, type Holder, type Operator, type State } from './state.ts';

/** One operator about to take its next step, and what may come of it. */
export class Turn {
  readonly model: Model;
  readonly s: State;
  readonly who: number;
  readonly #emit: Emit;

  constructor(model: Model, s: State, who: number, emit: Emit) {
    this.model = model;
    this.s = s;
    this.who = who;
    this.#emit = emit;
  }

  get operator(): Operator {
    return at(this.s.operators, this.who);
  }

  get target(): number {
    return this.operator.target;
  }

  get object(): Holder {
    return at(this.s.objects, this.target);
  }

  /** It goes on with its rule; what it wrote is in `s`. */
  goesOn(changes: Partial<Operator>, does: string, s: State = this.s): void {
    const operator = { ...this.operator, ...changes };
    this.#emits(withOperator(s, this.who, operator), does, operator.target);
  }

  /** Its rule ends, done or not. */
  ends(does: string, s: State = this.s, breach?: string): void {
    this.#emits(withOperator(s, this.who, idle(this.operator)), does, this.target, breach);
  }

  #emits(next: State, does: string, ...[target, breach]: [number, string?]): void {
    const move = { who: nameOf(this.who), does, breach };
    this.#emit(next, target === NOTHING ? move : { ...move, target });
  }
}
