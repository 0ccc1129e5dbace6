import type { Operator } from '../integration/server/operator.ts';
import type { Replica } from './replica.ts';

const MOST_GROWTH = 1.2;
/** Minutes of a life that says something about memory: a fresh heap grows to its working size first. */
export const LONG_LIFE_MINUTES = 5;

interface Sample {
  readonly at: number;
  readonly mebibytes: number;
}

/** Resident memory of each process over its life. */
export class Memory {
  readonly #replicas: readonly Replica[];
  readonly #samples = new Map<Operator, Sample[]>();

  constructor(replicas: readonly Replica[]) {
    this.#replicas = replicas;
    this.measure();
  }

  measure(): void {
    for (const { operator, memory } of this.#replicas) {
      const sample = { at: Date.now(), mebibytes: memory };
      this.#samples.set(operator, [...(this.#samples.get(operator) ?? []), sample]);
    }
  }

  get summary(): string {
    const lives = [...this.#samples.values()].map(
      (samples) =>
        `${Math.round(samples[0]?.mebibytes ?? 0)} → ${Math.round(samples.at(-1)?.mebibytes ?? 0)} MiB in ${Math.round(lifeOf(samples) / 1_000)} s`,
    );
    return `memory of each process: ${lives.join(', ')}`;
  }

  /** Long-lived processes whose second half of life took more than their first half by too much. */
  grown(): string[] {
    const lives = [...this.#samples.values()].filter(
      (samples) => lifeOf(samples) >= LONG_LIFE_MINUTES * 60_000,
    );
    return lives.flatMap((samples) => {
      const middle = (samples[0]?.at ?? 0) + lifeOf(samples) / 2;
      const most = (half: readonly Sample[]) => Math.max(...half.map(({ mebibytes }) => mebibytes));
      const before = most(samples.filter(({ at }) => at < middle));
      const after = most(samples.filter(({ at }) => at >= middle));
      const grew = `memory grew from ${Math.round(before)} to ${Math.round(after)} MiB`;
      return after < MOST_GROWTH * before ? [] : [grew];
    });
  }
}

function lifeOf(samples: readonly Sample[]): number {
  return (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
}
