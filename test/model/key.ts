import { At, type Job, type Ledger, type Operator, type SlotLease, type State } from './state.ts';

/** The state as a short string. The replicas are interchangeable, so the smaller one comes first. */
export function key(s: State): string {
  const [a, b, late] = s.operators.map(operatorCodes);
  if (a === undefined || b === undefined || late === undefined) throw new Error('two replicas and a sender');
  let code = ledgerCodes(s, s.ledger);
  for (const object of s.objects) code += object.kind === 'Job' ? jobCodes(object) : leaseCode(object);
  return code + (a < b ? a + b : b + a) + late;
}

/** Small numbers side by side in 16 bits. Two states must never share a key, so what has no room throws. */
class Bits {
  #code = 0;
  #room = 16;

  put(value: number, width: number): this {
    this.#room -= width;
    if (value < 0 || value >= 1 << width || this.#room < 0) throw new RangeError(`${value} has no room`);
    this.#code = (this.#code << width) | value;
    return this;
  }

  flag(is: boolean): this {
    return this.put(is ? 1 : 0, 1);
  }

  /** The code of all that was put, and none of it any more. */
  take(): number {
    const code = this.#code;
    this.#code = 0;
    this.#room = 16;
    return code;
  }
}

const bits = new Bits();
const PHASES = { Missing: 0, NotReady: 1, Ready: 2 } as const;

function ledgerCodes(s: State, ledger: Ledger): string {
  const head = bits
    .put(PHASES[ledger.phase], 2)
    .put(ledger.server, 2)
    .put(s.server, 2)
    .put(s.named, 2)
    .take();
  return String.fromCharCode(head, digits(ledger.entries));
}

function jobCodes(job: Job): string {
  bits.flag(job.exists).flag(job.finished).flag(job.held).flag(job.refused).flag(job.labelled);
  const life = bits.put(job.generation, 3).put(job.lag, 3).put(job.template, 2).put(job.weight, 2).take();
  bits.put(job.pod, 2).put(job.podLabel, 2).put(job.ending, 4).put(job.endingLabel, 4).flag(job.outside);
  return String.fromCharCode(life, bits.take());
}

function leaseCode(lease: SlotLease): string {
  bits.flag(lease.exists).flag(lease.admitted).flag(lease.expired);
  return String.fromCharCode(bits.put(lease.weight, 2).put(lease.working, 2).put(lease.sent, 2).take());
}

function operatorCodes(operator: Operator): string {
  bits.put(operator.at, 5).put(operator.target, 3).put(operator.weight, 2);
  bits.flag(operator.objectCurrent).flag(operator.ledgerCurrent).flag(operator.touches);
  const head = bits.put(operator.server, 2).take();
  const kept = bits.put(operator.cachedServer, 2).take() * 4096 + digits(operator.grace);
  if (operator.at === At.Idle) return String.fromCharCode(head, kept);
  return String.fromCharCode(head, kept, operator.exempt, digits(operator.found), digits(operator.unseen));
}

function digits(numbers: readonly number[]): number {
  for (const n of numbers) bits.put(n, 3);
  return bits.take();
}
