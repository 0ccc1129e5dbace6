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
  /** Keys that burden the same thing outside, which bears so many at the same time. @default none do */
  readonly groups?: undefined | { readonly of: (key: string) => string; readonly most: number };
}

export const UNLIMITED: SlotLimits = {
  slow: Number.POSITIVE_INFINITY,
  routine: Number.POSITIVE_INFINITY,
  isSlow: () => false,
};

/** Half of the workers for slow keys, and an eighth of them, though at least one, kept free for urgent ones. */
export function sharesOf(workers: number, kinds: Pick<SlotLimits, 'isSlow' | 'groups'>): SlotLimits {
  return {
    ...kinds,
    slow: Math.max(1, Math.floor(workers / 2)),
    routine: Math.max(1, workers - Math.max(1, Math.floor(workers / 8))),
  };
}

interface Slot extends Turn {
  readonly slow: boolean;
  readonly group: string | undefined;
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
  /** Those whose group has as many slots as it bears; they stand in no line until one of these is free. */
  readonly #parked = new Map<string, Turn & { readonly group: string }>();
  #quickInARow = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  add(key: string, urgent: boolean): void {
    const parked = this.#parked.get(key);
    if (parked !== undefined) {
      this.#parked.set(key, { ...parked, urgent: urgent || parked.urgent });
      return;
    }
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
      const slot = this.#next(slow, routine);
      if (slot === undefined) continue;
      this.#quickInARow = slow ? 0 : this.#quickInARow + 1;
      this.#taken.set(slot.key, slot);
      return slot.key;
    }
    return undefined;
  }

  /** The next of a line whose group bears it; those before are parked. */
  #next(slow: boolean, routine: boolean): Slot | undefined {
    const { groups } = this.#limits;
    const line = slow ? this.#slow : this.#quick;
    for (let turn = line.take({ routine }); turn !== undefined; turn = line.take({ routine })) {
      const group = groups?.of(turn.key);
      if (groups === undefined || group === undefined) return { ...turn, slow, group };
      if (this.#count((slot) => slot.group === group) < groups.most) return { ...turn, slow, group };
      this.#parked.set(turn.key, { ...turn, group });
    }
    return undefined;
  }

  free(key: string): void {
    const group = this.#taken.get(key)?.group;
    this.#taken.delete(key);
    const next = [...this.#parked.values()].find((parked) => parked.group === group);
    if (next === undefined) return;
    this.#parked.delete(next.key);
    this.add(next.key, next.urgent);
  }

  /** Keys that wait. */
  get waiting(): number {
    return this.#quick.size + this.#slow.size + this.#parked.size;
  }

  #count(isCounted: (slot: Slot) => boolean): number {
    let count = 0;
    for (const slot of this.#taken.values()) if (isCounted(slot)) count += 1;
    return count;
  }
}
