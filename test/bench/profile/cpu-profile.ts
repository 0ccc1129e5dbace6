/** What `node --cpu-prof` writes; times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** On the machine's monotonic clock, as all of them. */
  readonly startTime: number;
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: Frame;
  /** Ids of what it calls. */
  readonly children?: readonly number[];
}

export interface Frame {
  readonly functionName: string;
  /** Empty for native code, and for what V8 names itself, such as `(idle)`. */
  readonly url: string;
  /** From 0, as the column. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface Shares {
  /** How many samples found the main thread at work. */
  readonly samples: number;
  /** Of them, by part of the program, as parts of 1; the largest first. */
  readonly byPart: readonly (readonly [part: string, share: number])[];
}

/** What the main thread was busy with between two moments. A frame of which `partOf` knows nothing counts for its caller. */
export function sharesOf(
  profile: CpuProfile,
  { from, to }: { readonly from: number; readonly to: number },
  partOf: (frame: Frame) => string | undefined,
): Shares {
  const parts = partsOf(profile.nodes, partOf);
  const counts = new Map<string, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    at += profile.timeDeltas[index]!;
    const part = parts.get(id);
    if (at < from || at > to || part === undefined) continue;
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  const samples = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const byPart = [...counts].map(([part, count]) => [part, count / samples] as const);
  return { samples, byPart: byPart.toSorted(([, a], [, b]) => b - a) };
}

/** By id of the node; idleness is no part. */
function partsOf(
  nodes: readonly ProfileNode[],
  partOf: (frame: Frame) => string | undefined,
): ReadonlyMap<number, string> {
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const parts = new Map<number, string>();
  // Callers come before what they call.
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === '(idle)') continue;
    const caller = callers.get(id);
    parts.set(
      id,
      partOf(callFrame) ?? (caller === undefined ? undefined : parts.get(caller)) ?? 'native code',
    );
  }
  return parts;
}
