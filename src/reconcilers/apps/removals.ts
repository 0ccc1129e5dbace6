import { createHash } from 'node:crypto';
import type { KnownApp } from './catalogue.ts';

/** A tenant cannot prove that an app is gone; many at once are believed when they stay away for this long. */
const BELIEVED_AFTER = 24 * 3_600_000;
/** So many vanished apps, and this part of all of them, are suspicious together. */
const SUSPICIOUS = { more: 10, part: 0.2 } as const;

/** A complete listing beside the QlikApps there are. */
export interface Comparison {
  readonly known: Iterable<KnownApp>;
  /** Names of QlikApps whose apps were listed. */
  readonly listed: ReadonlySet<string>;
  /** Those among them that `publishedIn` keeps. */
  readonly kept: ReadonlySet<string>;
  /** Whether what is not listed is gone. */
  readonly seesAll: boolean;
  /** Milliseconds. */
  readonly grace: number;
  readonly now: number;
  /** Hash of vanished apps that a person has said are gone. */
  readonly accepted: string | undefined;
}

export interface Removals {
  /** Not listed from now on. */
  readonly mark: readonly KnownApp[];
  readonly remove: readonly KnownApp[];
  /** Hash of apps whose vanishing is not believed; they stay. */
  readonly suspicion: string | undefined;
}

/** What becomes of the QlikApps whose apps are not wanted any more: marked first, removed once their grace is over. */
export function removals(comparison: Comparison): Removals {
  const { listed, kept, grace, now } = comparison;
  const known = [...comparison.known];
  const vanished = known.filter(({ name }) => !listed.has(name));
  const suspicion = suspicionOf(known, vanished, comparison);
  const isAccepted = suspicion !== undefined && suspicion === comparison.accepted;
  const waits = (app: KnownApp): number => {
    if (listed.has(app.name) || suspicion === undefined) return grace;
    return isAccepted ? 0 : Math.max(grace, BELIEVED_AFTER);
  };
  const unwanted = known.filter(({ name }) => !kept.has(name));
  const [remove, stay] = partition(unwanted, (app) => now - (app.missingSince ?? now) >= waits(app));
  const isStillSuspicious = !isAccepted && stay.some(({ name }) => !listed.has(name));
  return {
    remove,
    mark: stay.filter(({ missingSince }) => missingSince === undefined),
    suspicion: isStillSuspicious ? suspicion : undefined,
  };
}

/** Whether so much has vanished that a lost right is more likely: a whole space, or many at once. */
function suspicionOf(
  known: readonly KnownApp[],
  vanished: readonly KnownApp[],
  { seesAll, listed }: Comparison,
): string | undefined {
  if (seesAll || vanished.length === 0) return undefined;
  const alive = new Set(known.filter(({ name }) => listed.has(name)).map(({ placeId }) => placeId));
  const isWholePlace = vanished.some(({ placeId }) => !alive.has(placeId));
  const isMany = vanished.length > SUSPICIOUS.more && vanished.length > SUSPICIOUS.part * known.length;
  return isWholePlace || isMany ? hashOf(vanished) : undefined;
}

/** Names one set of vanished apps. */
function hashOf(vanished: readonly KnownApp[]): string {
  const ids = vanished.map(({ id }) => id).sort();
  return createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 16);
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}
