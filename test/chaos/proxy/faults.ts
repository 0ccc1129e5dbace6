import { Random } from '../random.ts';
import { concerns, type Fault, type Match, matches } from './fault.ts';
import type { RequestRecord } from './request-record.ts';

/** Which requests meet a fault, and how many of them; by default all, until it is switched off. */
export interface When extends Match {
  readonly times?: number;
}

/** Faults by chance: each matching request meets one at this rate. */
export interface Chance extends Match {
  /** From 0 for never to 1 for always. */
  readonly rate: number;
  /** Which one; it must take whatever is left to chance from `random`, so that a seed says it all. */
  readonly draw: (random: Random) => Fault;
}

/** A fault that was switched on. */
export interface SwitchedOn extends Disposable {
  /** How many requests have met it so far. */
  readonly count: number;
  readonly off: () => void;
}

/** Gives the fault that a request meets, if any; `isOpen` for a watch that is under way, `sent` is the body of another. */
export type Rule = (request: RequestRecord, isOpen: boolean, sent?: string) => Fault | undefined;

/** What is switched on at present. */
export class Faults {
  readonly #seed: number;
  readonly #rules = new Set<Rule>();
  readonly #meetOpenWatches: (rule: Rule) => void;

  constructor(seed: number, meetOpenWatches: (rule: Rule) => void = () => {}) {
    this.#seed = seed;
    this.#meetOpenWatches = meetOpenWatches;
  }

  /** Watches that are open meet it at once, before anything new does. */
  on(fault: Fault, { times = Infinity, ...match }: When = {}): SwitchedOn {
    return this.#switchOn(() => fault, match, times);
  }

  /**
   * Decides for each request by its own kind's sequence of random numbers, so that the decisions depend neither on
   * what else is asked nor on the order of it. The kind is method, path and whether it is a watch.
   */
  atRandom({ rate, draw, ...match }: Chance): SwitchedOn {
    const sequences = new Map<string, Random>();
    const sequence = ({ method, path, isWatch }: RequestRecord): Random => {
      const kind = `${method} ${path} ${isWatch ? 'watch' : ''}`;
      const known = sequences.get(kind) ?? new Random(this.#seed, kind);
      sequences.set(kind, known);
      return known;
    };
    return this.#switchOn((request) => {
      const random = sequence(request);
      return random.chance(rate) ? draw(random) : undefined;
    }, match);
  }

  /** Switches off all that were switched on. */
  off(): void {
    this.#rules.clear();
  }

  /** What a new request meets. */
  meetings(request: RequestRecord, sent = ''): Fault[] {
    return [...this.#rules].flatMap((rule) => rule(request, false, sent) ?? []);
  }

  #switchOn(
    decide: (request: RequestRecord) => Fault | undefined,
    match: Match,
    times = Infinity,
  ): SwitchedOn {
    let count = 0;
    const rule: Rule = (request, isOpen, sent = '') => {
      if (count >= times || !matches(match, request, sent)) return undefined;
      const fault = decide(request);
      if (fault === undefined || !concerns(fault, request, isOpen)) return undefined;
      count += 1;
      request.faults.push(fault.kind);
      return fault;
    };
    const off = (): void => void this.#rules.delete(rule);
    this.#rules.add(rule);
    this.#meetOpenWatches(rule);
    return {
      get count() {
        return count;
      },
      off,
      [Symbol.dispose]: off,
    };
  }
}
