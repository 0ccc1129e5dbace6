import { hasPods, seenGeneration, suspended } from './job.ts';
import type { Model } from './model.ts';
import { at, type Holder, type Job, type State } from './state.ts';

/*
 * DESIGN §5: "**Stopped**: Complete or Failed (set only after the pods ended); or suspended at `metadata.generation` 1 (it
 * never ran); or suspended at one generation, or gone (GET by name: 404 or another uid), for 10 s of this process's clock,
 * *then* a LIST by controller-uid shows no non-terminal pod."
 *
 * Ten seconds exceed the Job controller's lag. So they may be over exactly when the controller has seen what the operator
 * saw as they began, which is what stands there now, since they begin anew with each generation. That a wait has begun
 * needs no bit: everybody who can wait might have.
 */

/** What lets Free go on with an object: it has ended, or it must be touched first since it could still be admitted. */
export type Ended = 'ended' | 'touch it';

export function ended(model: Model, s: State, who: number, target: number): Ended | undefined {
  const object = at(s.objects, target);
  if (object.kind === 'Job') return jobEnded(model, object);
  if (!object.exists) return 'ended';
  if (!object.admitted) return 'touch it';
  const grace = at(at(s.operators, who).grace, target);
  return object.expired && grace === 0 ? 'ended' : undefined;
}

function jobEnded(model: Model, job: Job): Ended | undefined {
  if (job.finished) return 'ended';
  const waited = model.without === 'the 10 s before a free' || tenSecondsOver(model, job);
  if (!job.exists) return waited ? 'ended' : undefined;
  return suspended(job) && (job.generation === 1 || waited) ? 'touch it' : undefined;
}

export function tenSecondsOver(model: Model, job: Job): boolean {
  if (job.lag === 0) return true;
  // Seen suspended once, at generation 3, and believed suspended ever since.
  return model.without === 'the 10 s at one generation' && seenGeneration(job) >= 3;
}

/** Asked of a waiting object before it is admitted: whether an earlier run of it has stopped. */
export function stopped(model: Model, object: Holder): boolean {
  if (object.kind === 'SlotLease' || object.generation === 1) return true;
  if (model.without === 'stopped before it is admitted') return true;
  return tenSecondsOver(model, object) && !podsListed(model, object);
}

/** A LIST by controller-uid, which goes by uid even after the Job is gone: does it show a non-terminal pod? */
export function podsListed(model: Model, object: Holder): boolean {
  return object.kind === 'Job' && model.without !== 'pods listed uncached' && hasPods(object);
}
