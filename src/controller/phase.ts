import { createHash } from 'node:crypto';

/**
 * The next instant ≥ `now` of an object's own rhythm: phase = hash(uid) mod interval. It depends on nothing but the
 * clock, so that a restart changes nothing and a thousand objects are spread evenly without being told to.
 */
export function nextInstant(uid: string, interval: number, now: number): number {
  const phase = createHash('sha256').update(uid).digest().readUIntBE(0, 6) % interval;
  const since = (((now - phase) % interval) + interval) % interval;
  return since === 0 ? now : now + interval - since;
}

/** The wait after the n-th failure in a row: the first one, doubling up to the longest. */
export function doubling(failures: number, { first, longest }: { first: number; longest: number }): number {
  return Math.min(Math.max(first, longest), first * 2 ** Math.min(failures - 1, 16));
}

/** Spreads retries by ±20 %, so that servers which failed together do not come back together. */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random));
}
