import { conflict } from './failures.ts';
import { copy } from './object.ts';
import type { Pod } from './pods.ts';
import type { Target } from './target.ts';

/** The pod, to be run by the node that a scheduler has found for it. That is no change of its generation. */
export function bound(current: Pod, binding: unknown, { resource, name = '' }: Target): Pod {
  const bindings = { ...resource, plural: 'pods/binding' };
  const { target } = binding as { readonly target: { readonly name: string } };
  const pod = copy(current);
  if (pod.metadata.deletionTimestamp !== undefined)
    throw conflict(bindings, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName !== undefined)
    throw conflict(bindings, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  pod.spec.nodeName = target.name;
  return pod;
}
