import { type ApiObject, timeOf } from './object.ts';
import type { ApiResource } from './resource.ts';

/**
 * Starts the deletion of what somebody runs, or shortens one that is under way. Returns the seconds it waits, `undefined`
 * when that time is over, and `pending` when this request changes nothing.
 */
export function shortenOrStart(
  draft: ApiObject,
  requested: number | undefined,
  { resource, now }: { readonly resource: ApiResource; readonly now: number },
): number | undefined | 'pending' {
  const { deletionTimestamp, deletionGracePeriodSeconds: current = 0 } = draft.metadata;
  if (deletionTimestamp === undefined)
    return start(draft, resource.gracePeriod?.(draft, requested) ?? 0, now);
  if (current === 0) return undefined;
  if (requested === undefined || requested >= current) return 'pending';
  return shorten(draft, {
    end: Date.parse(deletionTimestamp) - (current - requested) * 1000,
    requested,
    now,
  });
}

function start({ metadata }: ApiObject, grace: number, now: number): number {
  metadata.deletionTimestamp = timeOf(now + grace * 1000);
  metadata.deletionGracePeriodSeconds = grace;
  if (metadata.generation !== undefined) metadata.generation += 1;
  return grace;
}

/** Who asks for a second or more gets it, even where it would be over: somebody else still has to end the object. */
function shorten(
  { metadata }: ApiObject,
  { end, requested, now }: { readonly end: number; readonly requested: number; readonly now: number },
): number {
  metadata.deletionTimestamp = timeOf(Math.max(end, now));
  metadata.deletionGracePeriodSeconds = end < now && requested !== 0 ? 1 : requested;
  return metadata.deletionGracePeriodSeconds;
}
