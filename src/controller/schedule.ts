interface Entry {
  readonly key: string;
  readonly at: number;
}

/** The longest wait of a JavaScript timer. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * One future time per key, in one heap with one timer, not a timer per key. A key set again has only its new time; its
 * old entry stays in the heap until it comes up, unless such entries become the majority.
 */
export class Schedule {
  readonly #times = new Map<string, number>();
  readonly #onDue: (key: string) => void;
  #heap: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(onDue: (key: string) => void) {
    this.#onDue = onDue;
  }

  /** Sets the time of a key, in milliseconds since the epoch; a time in the past is due at once. */
  set(key: string, at: number): void {
    this.#times.set(key, at);
    this.#push({ key, at });
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#times.size) this.#compact();
    this.#arm();
  }

  delete(key: string): void {
    this.#times.delete(key);
    this.#arm();
  }

  /** When a key is due. */
  get(key: string): number | undefined {
    return this.#times.get(key);
  }

  get size(): number {
    return this.#times.size;
  }

  /** Milliseconds by which the most overdue key is late; 0 when none is. */
  get lag(): number {
    this.#dropStale();
    return Math.max(0, Date.now() - (this.#heap[0]?.at ?? Number.POSITIVE_INFINITY));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#times.clear();
    this.#heap = [];
  }

  #fire(): void {
    for (;;) {
      this.#dropStale();
      const first = this.#heap[0];
      if (first === undefined || first.at > Date.now()) break;
      this.#pop();
      this.#times.delete(first.key);
      this.#onDue(first.key);
    }
    this.#arm();
  }

  #arm(): void {
    this.#dropStale();
    clearTimeout(this.#timer);
    const first = this.#heap[0];
    if (first === undefined) return;
    this.#timer = setTimeout(() => this.#fire(), Math.min(LONGEST_TIMER, Math.max(0, first.at - Date.now())));
    this.#timer.unref();
  }

  #dropStale(): void {
    for (
      let first = this.#heap[0];
      first !== undefined && this.#times.get(first.key) !== first.at;
      first = this.#heap[0]
    ) {
      this.#pop();
    }
  }

  #compact(): void {
    this.#heap = [];
    for (const [key, at] of this.#times) this.#push({ key, at });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent]!.at <= entry.at) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= last.at) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
