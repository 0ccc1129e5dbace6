import { suspended } from './job.ts';
import { entryOf } from './ledger.ts';
import type { Model } from './model.ts';
import { at, type Holder, type State } from './state.ts';
import { ended, type Ended } from './stopped.ts';
import type { Turn } from './turn.ts';

/** What Free may take the holder of an entry for: what it is, unless a rule was taken away. */
export function takenFor({ model, s, who }: Turn, target: number): readonly Ended[] {
  const object = at(s.objects, target);
  const how = ended(model, s, who, target);
  // In a cache from before its creation there is no such object.
  if (model.without === 'gone by a GET' && object.exists) return ['ended'];
  // The 10 s come later.
  if (model.without === 'a free holds no version' && mayHaveToWait(object)) return ['touch it'];
  return how === undefined || ignored(model, s, target) ? [] : [how];
}

function ignored(model: Model, s: State, target: number): boolean {
  const object = at(s.objects, target);
  if (model.without === 'unused entries are freed') return unused(object);
  // Under its name another is found, and judged instead.
  return model.without === 'entries by uid' && !object.exists && hasNamesake(model, s, target);
}

function hasNamesake(model: Model, s: State, target: number): boolean {
  return s.objects.some((object, index) => object.exists && entryOf(model, index) === entryOf(model, target));
}

function unused(object: Holder): boolean {
  if (object.kind === 'SlotLease') return object.exists && !object.admitted;
  return suspended(object) && object.generation === 1;
}

function mayHaveToWait(object: Holder): boolean {
  return object.kind === 'Job' && !object.finished;
}
