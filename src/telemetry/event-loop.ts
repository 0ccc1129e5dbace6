import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Short, so that one block that is over is seen by fewer probes than it takes to start a pod anew. */
const WINDOW = 10_000;
const NANOSECONDS = 1e6;
/** Milliseconds between two looks; each wakes the process, and blocks that matter last seconds. */
const RESOLUTION = 200;

/** Measures for how long the event loop was blocked: nothing else of the process runs meanwhile. */
export class EventLoopWatch {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  #previous = 0;
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#previous = this.#current;
      this.#histogram.reset();
    }, WINDOW);
    this.#timer.unref();
  }

  /** The longest block of the last 10 to 20 seconds, in milliseconds. */
  get longestBlock(): number {
    return Math.max(this.#previous, this.#current);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  get #current(): number {
    // From one look to the next, which are apart even when nothing is blocked.
    return Math.max(0, this.#histogram.max / NANOSECONDS - RESOLUTION);
  }
}
