export interface Turn {
  readonly key: string;
  readonly urgent: boolean;
}

/**
 * Two lines of waiting keys, of which the urgent one goes first, but not for ever: after some urgent keys in a row a
 * routine one has its turn. A key stands in one of them, once.
 */
export class Turns {
  readonly #urgent = new Set<string>();
  readonly #routine = new Set<string>();
  readonly #inARow: number;
  #urgentTaken = 0;

  constructor(inARow: number) {
    this.#inARow = inARow;
  }

  /** A key that waits already keeps its place, unless it becomes urgent. */
  add(key: string, urgent: boolean): void {
    if (this.#urgent.has(key)) return;
    if (urgent) this.#routine.delete(key);
    (urgent ? this.#urgent : this.#routine).add(key);
  }

  delete(key: string): void {
    this.#urgent.delete(key);
    this.#routine.delete(key);
  }

  /** Takes the key whose turn it is; only an urgent one, unless `routine`. */
  take({ routine = true } = {}): Turn | undefined {
    const [next] = routine ? this.#routine : [];
    const routineIsDue = next !== undefined && this.#urgentTaken >= this.#inARow;
    const [key = next] = routineIsDue ? [] : this.#urgent;
    return key === undefined ? undefined : this.#taken(key);
  }

  #taken(key: string): Turn {
    const urgent = this.#urgent.delete(key);
    if (!urgent) this.#routine.delete(key);
    this.#urgentTaken = urgent ? this.#urgentTaken + 1 : 0;
    return { key, urgent };
  }

  get size(): number {
    return this.#urgent.size + this.#routine.size;
  }
}
