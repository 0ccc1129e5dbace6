/**
 * A signal that ends with others, or after a time. `AbortSignal.timeout` and `AbortSignal.any` would do, but live on until
 * they fire: with a dozen to a check, thousands of timers long after their work was done (measured). This leaves nothing
 * behind once disposed.
 */
export class Cancellation implements Disposable {
  readonly #controller = new AbortController();
  readonly #causes: readonly AbortSignal[];
  #timer: NodeJS.Timeout | undefined;

  /** Aborts with the first of `causes`, for the same reason. */
  constructor(...causes: readonly AbortSignal[]) {
    this.#causes = causes;
    const aborted = causes.find((cause) => cause.aborted);
    if (aborted === undefined) for (const cause of causes) cause.addEventListener('abort', this.#follow);
    else this.abort(aborted.reason);
  }

  /** Aborts after that many milliseconds as well, with a `TimeoutError`. */
  static after(ms: number, ...causes: readonly AbortSignal[]): Cancellation {
    const cancellation = new Cancellation(...causes);
    if (!cancellation.signal.aborted) {
      const timeUp = () => cancellation.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'));
      cancellation.#timer = setTimeout(timeUp, ms);
    }
    return cancellation;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason?: unknown): void {
    this[Symbol.dispose]();
    this.#controller.abort(reason);
  }

  /** The signal does not abort any more, unless `abort` is called. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const cause of this.#causes) cause.removeEventListener('abort', this.#follow);
  }

  readonly #follow = ({ target }: Event): void => this.abort((target as AbortSignal).reason);
}
