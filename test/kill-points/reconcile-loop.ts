import type { Result } from '../../src/controller/loop.ts';
import type { Key } from '../../src/kubernetes/object.ts';
import type { Actor } from '../simulated-api/actor.ts';

const BACKOFF = { first: 500, longest: 60_000 } as const;

export interface ReconcileLoopOptions {
  readonly now: () => number;
  readonly reconcile: (key: Key) => Promise<Result>;
  /** It is tried again. */
  readonly onError: (error: unknown) => void;
}

/** What `src/controller` does with keys, by a clock that stands until it is told to go on. */
export class ReconcileLoop implements Actor {
  readonly #options: ReconcileLoopOptions;
  readonly #due = new Map<Key, number>();
  /** Under reconciliation; true: to be looked at again. */
  readonly #running = new Map<Key, boolean>();
  readonly #failures = new Map<Key, number>();

  constructor(options: ReconcileLoopOptions) {
    this.#options = options;
  }

  add(key: Key): void {
    if (this.#running.has(key)) this.#running.set(key, true);
    else this.#due.set(key, this.#options.now());
  }

  get nextAt(): number | undefined {
    return this.#next()?.[1];
  }

  runNext(): void {
    const next = this.#next();
    if (next !== undefined) void this.#run(next[0]);
  }

  #next(): [Key, number] | undefined {
    let next: [Key, number] | undefined;
    for (const entry of this.#due) if (next === undefined || entry[1] < next[1]) next = entry;
    return next;
  }

  async #run(key: Key): Promise<void> {
    const { now, reconcile, onError } = this.#options;
    this.#due.delete(key);
    this.#running.set(key, false);
    let at: number | undefined;
    try {
      const result = await reconcile(key);
      this.#failures.delete(key);
      if (result.kind === 'again') at = result.at;
    } catch (error) {
      onError(error);
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      at = now() + Math.min(BACKOFF.longest, BACKOFF.first * 2 ** failures);
    }
    const isAskedAgain = this.#running.get(key) === true;
    this.#running.delete(key);
    if (isAskedAgain) this.add(key);
    else if (at !== undefined) this.#due.set(key, at);
  }
}
