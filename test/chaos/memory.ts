import type { Operator } from '../integration/server/operator.ts';
import type { Replica } from './replica.ts';

const MOST_GROWTH = 1.2;

/** Resident memory of each process over its life, in MiB. */
export class Memory {
  readonly #replicas: readonly Replica[];
  readonly #samples = new Map<Operator, number[]>();

  constructor(replicas: readonly Replica[]) {
    this.#replicas = replicas;
    this.measure();
  }

  measure(): void {
    for (const { operator, memory } of this.#replicas) {
      this.#samples.set(operator, [...(this.#samples.get(operator) ?? []), memory]);
    }
  }

  get summary(): string {
    const lives = [...this.#samples.values()].map(
      (samples) => `${Math.round(samples[0] ?? 0)} → ${Math.round(samples.at(-1) ?? 0)} MiB`,
    );
    return `memory of each process: ${lives.join(', ')}`;
  }

  /** Processes whose second half of life took more than their first half by too much. */
  grown(): string[] {
    return [...this.#samples.values()].flatMap((samples) => {
      const middle = Math.floor(samples.length / 2);
      const [before, after] = [Math.max(...samples.slice(0, middle)), Math.max(...samples.slice(middle))];
      return middle < 5 || after < MOST_GROWTH * before
        ? []
        : [`memory grew from ${Math.round(before)} to ${Math.round(after)} MiB`];
    });
  }
}
