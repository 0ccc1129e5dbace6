import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import type { Store } from '../../kubernetes/store.ts';

export const PRIORITY_CLASSES: Resource = { root: '/apis/scheduling.k8s.io/v1', plural: 'priorityclasses' };

export interface PriorityClass extends KubernetesObject {
  readonly value: number;
  readonly globalDefault?: boolean;
}

/** The value by which pods of a class are ordered; of the class by default without one, and 0 where there is none. */
export function priorityFrom(classes: Store<PriorityClass>): (className: string | undefined) => number {
  return (className) => {
    if (className !== undefined && className !== '') return classes.get(`/${className}`)?.value ?? 0;
    for (const { globalDefault, value } of classes.values()) if (globalDefault === true) return value;
    return 0;
  };
}
