import { SLOTS_LABEL } from '../../src/api/executions.ts';

interface Sized {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly parallelism?: number };
}

/** Slots that a Job takes up, as docs/executions.md has it. */
export function slotsOf({ metadata, spec }: Sized): number {
  return Math.max(Number(metadata.labels?.[SLOTS_LABEL] ?? 1), spec.parallelism ?? 1);
}
