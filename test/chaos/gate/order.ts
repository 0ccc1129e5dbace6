import type { Holder, Waiting } from './holder.ts';

export interface Queue {
  readonly holders: Iterable<Holder>;
  readonly priorityOf: (className: string | undefined) => number;
  readonly hasEntry: (uid: string) => boolean;
  /** The replica that has reserved. */
  readonly by: string | undefined;
  /** Whoever is wider may have been refused. */
  readonly limit: number;
}

/** Who was passed by when somebody was let through, though the leader had seen him; and how many were compared. */
export function passedBy(
  first: Holder,
  queue: Queue,
): { readonly names: string[]; readonly compared: number } {
  const { waiting } = first;
  if (waiting === undefined || !first.isFresh || queue.by === undefined) return { names: [], compared: 0 };
  const seen = [...queue.holders].filter(
    (other) =>
      other.uid !== first.uid &&
      other.server === first.server &&
      other.waiting?.seenBy === queue.by &&
      other.isFresh &&
      other.weight <= queue.limit,
  );
  const ahead = seen.filter((other) => isAhead(other, first, queue.priorityOf) && !queue.hasEntry(other.uid));
  return { names: ahead.map(({ key }) => key), compared: seen.length };
}

function isAhead(a: Holder, b: Holder, priorityOf: Queue['priorityOf']): boolean {
  const priority = (waiting: Waiting | undefined) => priorityOf(waiting?.priorityClass);
  const difference = priority(a.waiting) - priority(b.waiting);
  if (difference !== 0) return difference > 0;
  const [one, other] = [a.waiting?.since ?? '', b.waiting?.since ?? ''];
  // All of one server are in one namespace here.
  return one === other ? a.key < b.key : one < other;
}
