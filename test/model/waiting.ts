import { suspended } from './job.ts';
import { limitOf, type Model } from './model.ts';
import type { Holder, State } from './state.ts';

/** Suspended, unfinished, not held, not refused, and of this server; or a pending slot lease. */
export function waits(object: Holder): boolean {
  if (object.kind === 'SlotLease') return object.exists && !object.admitted;
  return suspended(object) && !object.finished && !object.held && !object.refused && object.labelled;
}

/** "Refused and held Jobs never block the head; a wide Job that fits the limit does." */
export function head(model: Model, s: State): number {
  const limit = limitOf(model, s.server);
  return s.objects.findIndex(
    (object) =>
      waits(object) && (object.weight <= limit || model.without === 'a Job wider than the limit is no head'),
  );
}
