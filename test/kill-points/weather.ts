import { Random } from '../chaos/random.ts';

/** How bad a life is; drawn once for each. */
interface Climate {
  /** Kills for each moment of a request. */
  readonly kills: number;
  /** Answers that are lost, requests that never arrive, processes that stop for a while. */
  readonly faults: number;
  /** What takes seconds instead of milliseconds. */
  readonly delays: number;
}

/** What happens to requests, caches and processes by chance, more often where it is delicate, until it is calm. */
export class Weather {
  readonly #random: Random;
  readonly #climate: Climate;
  #isCalm = false;

  constructor(seed: string) {
    this.#random = new Random(seed, 'weather');
    this.#climate = {
      kills: this.#random.pick([0.03, 0.06, 0.12]),
      faults: this.#random.pick([0, 0.02, 0.05]),
      delays: this.#random.pick([0.01, 0.05, 0.15]),
    };
  }

  /** From now on nothing is lost, late or killed. */
  calmDown(): void {
    this.#isCalm = true;
  }

  get isCalm(): boolean {
    return this.#isCalm;
  }

  kills(isDelicate: boolean): boolean {
    return this.#happens(this.#climate.kills * (isDelicate ? 2 : 1));
  }

  /** The request never arrives. */
  losesRequest(): boolean {
    return this.#happens(this.#climate.faults);
  }

  /** It has taken effect, and its sender never hears of it. */
  losesAnswer(): boolean {
    return this.#happens(this.#climate.faults);
  }

  /** A request on the wire when its sender is killed arrives nevertheless. */
  outlives(): boolean {
    return this.#random.chance(0.5);
  }

  /** Milliseconds by which it does. */
  lateness(): number {
    return this.#random.between(1, 40_000);
  }

  /** Milliseconds for which a process is stopped; mostly none. */
  freeze(): number {
    return this.#happens(this.#climate.faults / 2) ? this.#random.between(1_000, 60_000) : 0;
  }

  /** Milliseconds on the way to the API server, or back. */
  delay(isDelicate: boolean): number {
    return this.#milliseconds(20, 40_000, isDelicate ? 2 : 1);
  }

  /** Milliseconds by which a cache learns late of a change; of what seldom changes it may be behind for long. */
  lag(isRare: boolean): number {
    return this.#milliseconds(500, 60_000, isRare ? 4 : 1);
  }

  /** Milliseconds until a process is started again. */
  restart(): number {
    return this.#milliseconds(1_000, 30_000);
  }

  #milliseconds(usual: number, worst: number, factor = 1): number {
    return this.#random.between(1, this.#happens(this.#climate.delays * factor) ? worst : usual);
  }

  #happens(rate: number): boolean {
    return !this.#isCalm && this.#random.chance(rate);
  }
}
