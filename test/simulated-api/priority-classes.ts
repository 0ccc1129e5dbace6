import { changedFields } from './metadata.ts';
import { builtInResource } from './resource.ts';

/** Unlike other kinds, its fields are not in a spec. */
const IMMUTABLE = ['value', 'preemptionPolicy'] as const;

export const PRIORITY_CLASSES = builtInResource({
  root: '/apis/scheduling.k8s.io/v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  isNamespaced: false,
  hasStatus: false,
  generation: 'constant',
  setDefaults: (draft) => {
    draft['preemptionPolicy'] ??= 'PreemptLowerPriority';
    draft['value'] ??= 0;
  },
  violations: (object, before) => {
    if (before === undefined) return [];
    const asSpec = (one: typeof object) => ({ ...one, spec: one });
    return changedFields(asSpec(object), asSpec(before), IMMUTABLE);
  },
});
