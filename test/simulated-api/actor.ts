import type { SimulatedApiServer } from './api-server.ts';

/** A part of the cluster that does something by and by: never by itself, always when it is told to. */
export interface Actor {
  /** When it has something to do next; undefined while it has not. */
  readonly nextAt: number | undefined;
  /** Does it. */
  runNext(): void;
}

export interface ActorOptions {
  readonly server: SimulatedApiServer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds by which it learns late of the next change; later ones never overtake it. */
  readonly lag: () => number;
}

/** Who has something to do first; of those at the same time the first in the list. */
export function earliest<T extends Pick<Actor, 'nextAt'>>(actors: Iterable<T>): T | undefined {
  let first: T | undefined;
  let at = Number.POSITIVE_INFINITY;
  for (const actor of actors) {
    const nextAt = actor.nextAt ?? Number.POSITIVE_INFINITY;
    if (nextAt >= at) continue;
    first = actor;
    at = nextAt;
  }
  return first;
}
