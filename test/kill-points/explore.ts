import { Life, type Outcome } from './life.ts';

/** What came of many lives. */
export interface Exploration {
  readonly lives: number;
  readonly requests: number;
  readonly admissions: number;
  /** How often an operator ended by itself, and why. */
  readonly ownEnds: ReadonlyMap<string, number>;
  /** How often an operator was killed at each moment, such as `before PUT qlikexecutionledgers`. */
  readonly kills: ReadonlyMap<string, number>;
  /** The first life that went wrong; there is none after it. */
  readonly breach?: Outcome;
}

/** The seed of a life, which alone makes it the same again. */
export function seedOf(seed: string, life: number): string {
  return `${seed}.${life}`;
}

/** Lives, one after the other, until operators were killed at so many moments, or something went wrong. */
export async function explore(
  seed: string,
  killPoints: number,
  onLife: (outcome: Outcome) => void = () => {},
): Promise<Exploration> {
  const kills = new Map<string, number>();
  const ownEnds = new Map<string, number>();
  const sums = { lives: 0, requests: 0, admissions: 0 };
  for (let killed = 0; killed < killPoints; sums.lives += 1) {
    const outcome = await new Life(seedOf(seed, sums.lives)).live();
    onLife(outcome);
    killed += outcome.kills.length;
    sums.requests += outcome.requests;
    sums.admissions += outcome.admissions;
    for (const kill of outcome.kills) count(kills, kill);
    for (const end of outcome.ownEnds) count(ownEnds, end);
    if (outcome.breaches.length > 0) return { ...sums, kills, ownEnds, breach: outcome };
  }
  return { ...sums, kills, ownEnds };
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** What went wrong, and how to see it again; nothing when all went well. */
export function complaint({ breach }: Exploration): string {
  if (breach === undefined) return '';
  const { seed, breaches, trace } = breach;
  return [`the life ${seed} went wrong (make kill-points LIFE=${seed}):`, ...breaches, '', ...trace].join(
    '\n',
  );
}
