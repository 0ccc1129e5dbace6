import { Turns, type Turn } from './turns.ts';

/** Urgent keys in a row while routine ones wait. */
const URGENT_IN_A_ROW = 8;
/** Quick keys in a row while slow ones wait. */
const QUICK_IN_A_ROW = 8;

/** How a number of workers is shared. */
export interface SlotLimits {
  /** Work on slow keys at the same time, at most. */
  readonly slow: number;
  /** Work that is not urgent at the same time, at most. */
  readonly routine: number;
  /** Whether work on a key is likely to hold its worker for long. */
  readonly isSlow: (key: string) => boolean;
}

export const UNLIMITED: SlotLimits = {
  slow: Number.POSITIVE_INFINITY,
  routine: Number.POSITIVE_INFINITY,
  isSlow: () => false,
};

/** Half of the workers for slow keys, and an eighth of them, though at least one, kept free for urgent ones. */
export function sharesOf(workers: number, isSlow: SlotLimits['isSlow']): SlotLimits {
  return {
    slow: Math.max(1, Math.floor(workers / 2)),
    routine: Math.max(1, workers - Math.max(1, Math.floor(workers / 8))),
    isSlow,
  };
}

interface Slot extends Turn {
  readonly slow: boolean;
}

/**
 * Says which waiting key may be worked on next: however many servers hang, the others are looked after, and whoever
 * waits in person finds a worker.
 */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #quick = new Turns(URGENT_IN_A_ROW);
  readonly #slow = new Turns(URGENT_IN_A_ROW);
  readonly #taken = new Map<string, Slot>();
  #quickInARow = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  add(key: string, urgent: boolean): void {
    const [line, other] = this.#limits.isSlow(key) ? [this.#slow, this.#quick] : [this.#quick, this.#slow];
    other.delete(key);
    line.add(key, urgent);
  }

  /** The key whose turn it is, if there is a slot for one. */
  take(): string | undefined {
    const slowIsDue = this.#slow.size > 0 && this.#quickInARow >= QUICK_IN_A_ROW;
    for (const slow of slowIsDue ? [true, false] : [false, true]) {
      if (slow && this.#count((slot) => slot.slow) >= this.#limits.slow) continue;
      const routine = this.#count((slot) => !slot.urgent) < this.#limits.routine;
      const turn = (slow ? this.#slow : this.#quick).take({ routine });
      if (turn === undefined) continue;
      this.#quickInARow = slow ? 0 : this.#quickInARow + 1;
      this.#taken.set(turn.key, { ...turn, slow });
      return turn.key;
    }
    return undefined;
  }

  isTaken(key: string): boolean {
    return this.#taken.has(key);
  }

  free(key: string): void {
    this.#taken.delete(key);
  }

  /** Keys that wait. */
  get waiting(): number {
    return this.#quick.size + this.#slow.size;
  }

  #count(isCounted: (slot: Slot) => boolean): number {
    let count = 0;
    for (const slot of this.#taken.values()) if (isCounted(slot)) count += 1;
    return count;
  }
}
