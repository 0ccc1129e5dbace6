/** A breadth-first explicit-state explorer. It knows nothing of the gate. */

export interface System<S, M> {
  readonly initial: S;
  readonly steps: (state: S, emit: (next: S, move: M) => void) => void;
  readonly key: (state: S) => string;
  /** Why this move must never be made; the exploration ends at the first. */
  readonly breach: (move: M) => string | undefined;
  /** Moves that nobody may rely on do not count as a way out. */
  readonly reliable: (move: M) => boolean;
  readonly settled: (state: S) => boolean;
}

export interface Exploration<M> {
  readonly states: number;
  readonly edges: number;
  /** The shortest way to the first breach, or to a state from which no settled one can be reached. */
  readonly breach?: { readonly why: string; readonly trace: readonly M[] };
  readonly stuck?: { readonly trace: readonly M[] };
}

export function explore<S, M>(system: System<S, M>): Exploration<M> {
  const graph = new Graph<S, M>(system);
  const breach = graph.explored();
  const { states, edges } = graph;
  if (breach !== undefined) return { states, edges, breach };
  const stuck = graph.firstStuck();
  return stuck === undefined ? { states, edges } : { states, edges, stuck: { trace: graph.traceTo(stuck) } };
}

class Graph<S, M> {
  edges = 0;
  readonly #system: System<S, M>;
  readonly #ids = new Map<string, number>();
  readonly #cameFrom: number[] = [];
  readonly #cameBy: (M | undefined)[] = [];
  readonly #settled: boolean[] = [];
  /** Reliable moves as pairs: from, to. */
  readonly #moves: number[] = [];
  /** The states not expanded yet, by id; expanded ones are dropped. */
  readonly #open: (S | undefined)[] = [];

  constructor(system: System<S, M>) {
    this.#system = system;
  }

  get states(): number {
    return this.#ids.size;
  }

  explored(): Exploration<M>['breach'] {
    this.#idOf(this.#system.initial, -1, undefined);
    for (let id = 0; id < this.#open.length; id += 1) {
      const breach = this.#expand(id);
      if (breach !== undefined) return breach;
    }
    return undefined;
  }

  #expand(id: number): Exploration<M>['breach'] {
    const state = this.#open[id] as S;
    this.#open[id] = undefined;
    let breach: Exploration<M>['breach'];
    this.#system.steps(state, (next, move) => {
      this.edges += 1;
      const why = this.#system.breach(move);
      if (why !== undefined) breach ??= { why, trace: [...this.traceTo(id), move] };
      const to = this.#idOf(next, id, move);
      if (to !== id && this.#system.reliable(move)) this.#moves.push(id, to);
    });
    return breach;
  }

  #idOf(state: S, from: number, by: M | undefined): number {
    const key = this.#system.key(state);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    this.#open.push(state);
    this.#cameFrom.push(from);
    this.#cameBy.push(by);
    this.#settled.push(this.#system.settled(state));
    return id;
  }

  /** Backwards from all settled states along reliable moves; what is not met is stuck. */
  firstStuck(): number | undefined {
    const { starts, sources } = this.#reversed();
    const free = this.#settled.slice();
    const queue = free.flatMap((settled, id) => (settled ? [id] : []));
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      for (let i = starts[next] ?? 0; i < (starts[next + 1] ?? 0); i += 1) {
        const source = sources[i] ?? 0;
        if (free[source] === true) continue;
        free[source] = true;
        queue.push(source);
      }
    const stuck = free.indexOf(false);
    return stuck === -1 ? undefined : stuck;
  }

  /** The sources of the moves into each state, one run after the other. */
  #reversed(): { starts: Uint32Array; sources: Uint32Array } {
    const starts = new Uint32Array(this.states + 2);
    const moves = this.#moves;
    for (let i = 1; i < moves.length; i += 2) starts[(moves[i] ?? 0) + 2]! += 1;
    for (let i = 1; i < starts.length; i += 1) starts[i]! += starts[i - 1] ?? 0;
    const sources = new Uint32Array(moves.length / 2);
    for (let i = 0; i < moves.length; i += 2) {
      const to = (moves[i + 1] ?? 0) + 1;
      sources[starts[to] ?? 0] = moves[i] ?? 0;
      starts[to]! += 1;
    }
    return { starts, sources };
  }

  traceTo(id: number): readonly M[] {
    const trace: M[] = [];
    for (let at = id; at > 0; at = this.#cameFrom[at] ?? 0) {
      const by = this.#cameBy[at];
      if (by !== undefined) trace.push(by);
    }
    return trace.reverse();
  }
}
