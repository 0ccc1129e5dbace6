import { Turns } from './turns.ts';

/** Starts in a row that a person waits for, while others wait as well. */
const URGENT_IN_A_ROW = 4;

/**
 * Lets work start at most so many times a second, evenly: a restart must not become a storm. Whoever has to wait holds
 * no worker meanwhile; it is called when its turn has come.
 */
export class Pace {
  readonly #gap: number;
  readonly #onTurn: (key: string) => void;
  readonly #waiting = new Turns(URGENT_IN_A_ROW);
  /** Called, and not yet here. */
  readonly #called = new Set<string>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(startsPerSecond: number, onTurn: (key: string) => void) {
    this.#gap = 1000 / startsPerSecond;
    this.#onTurn = onTurn;
  }

  /** Whether a key may start now; if not, it is called later. `urgent`: a person waits for it. */
  admits(key: string, { urgent = false } = {}): boolean {
    if (this.#called.delete(key)) return true;
    const now = Date.now();
    if (this.#waiting.size === 0 && now >= this.#next) {
      this.#next = now + this.#gap;
      return true;
    }
    this.#waiting.add(key, urgent);
    this.#arm();
    return false;
  }

  /** A key that does not want to start any more. */
  forget(key: string): void {
    this.#waiting.delete(key);
    this.#called.delete(key);
  }

  /** Keys that wait for their turn. */
  get length(): number {
    return this.#waiting.size;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#waiting.size === 0) return;
    // Never longer than one gap: the clock may have been set back.
    const wait = Math.min(this.#gap, Math.max(0, this.#next - Date.now()));
    this.#timer = setTimeout(() => this.#call(), wait);
    this.#timer.unref();
  }

  #call(): void {
    this.#timer = undefined;
    const now = Date.now();
    if (this.#next - now > this.#gap) this.#next = now;
    if (now >= this.#next) {
      const key = this.#waiting.take()?.key;
      // Evenly even when timers are late, but without making up for more than one gap.
      this.#next = Math.max(this.#next, now - this.#gap) + this.#gap;
      if (key !== undefined) {
        this.#called.add(key);
        this.#onTurn(key);
      }
    }
    this.#arm();
  }
}
