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

  /** Takes the key whose turn it is. */
  take(): string | undefined {
    const routineIsDue = this.#routine.size > 0 && this.#urgentTaken >= this.#inARow;
    const line = this.#urgent.size > 0 && !routineIsDue ? this.#urgent : this.#routine;
    const [key] = line;
    if (key === undefined) return undefined;
    line.delete(key);
    this.#urgentTaken = line === this.#urgent ? this.#urgentTaken + 1 : 0;
    return key;
  }

  get size(): number {
    return this.#urgent.size + this.#routine.size;
  }
}
