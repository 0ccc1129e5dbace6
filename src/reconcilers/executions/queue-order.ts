import type { Claim } from './ledger.ts';

/** Somebody who waits for slots. */
export interface Waiting {
  readonly claim: Claim;
  /** Value of its PriorityClass. */
  readonly priority: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** By priority, then as they came; within a second, which is all that Kubernetes tells, by name: so that every replica agrees. */
export function inOrder(waiting: readonly Waiting[]): Waiting[] {
  return waiting.toSorted(
    (a, b) => b.priority - a.priority || a.since - b.since || (nameOf(a) < nameOf(b) ? -1 : 1),
  );
}

function nameOf({ claim: { namespace, name, uid } }: Waiting): string {
  return `${name} ${namespace} ${uid}`;
}
