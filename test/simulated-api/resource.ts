import type { Resource } from '../../src/kubernetes/resource.ts';
import type { ApiObject, Fields } from './object.ts';

/** What the rules of a kind may know besides the object. */
export interface Surroundings {
  /** Minor version of Kubernetes 1.x that is simulated. */
  readonly minorVersion: number;
  readonly exists: (resource: ApiResource, name: string) => boolean;
}

/** A resource and what the API server does differently for it than for others. */
export interface ApiResource extends Resource {
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Made by a CustomResourceDefinition: a PUT needs a resourceVersion, and status writes change nothing but status. */
  readonly isCustom: boolean;
  /** Whether there is a status subresource, so that nothing else writes status. */
  readonly hasStatus: boolean;
  /** Whether metadata.generation counts changes, is always 1, or is missing. */
  readonly generation: 'counted' | 'constant' | 'missing';
  readonly needsVersionInPut: boolean;
  readonly putCreates: boolean;
  /** What a DELETE without propagationPolicy does with dependents. */
  readonly orphansByDefault: boolean;
  /** A DELETE answers with the object instead of a Status, even when it is gone. */
  readonly deleteReturnsObject: boolean;
  /** Seconds that a deletion waits for whoever runs the object; without it a deletion waits for finalizers only. */
  readonly gracePeriod?: (object: ApiObject, requested: number | undefined) => number;
  readonly initialStatus?: () => Fields;
  /** Once, before the first defaults. */
  readonly prepareForCreate?: (draft: ApiObject) => void;
  /** Fills in what a write has left out. */
  readonly setDefaults?: (draft: ApiObject) => void;
  /** What is wrong with an object, or with the way from `before` to it. */
  readonly violations?: (
    object: ApiObject,
    before: ApiObject | undefined,
    surroundings: Surroundings,
  ) => readonly string[];
  /** Why admission refuses to create it, after everything else was found in order. */
  readonly admissionRefusal?: (object: ApiObject, surroundings: Surroundings) => string | undefined;
}

const BUILT_IN = {
  isNamespaced: true,
  isCustom: false,
  hasStatus: true,
  generation: 'counted',
  needsVersionInPut: false,
  putCreates: false,
  orphansByDefault: false,
  deleteReturnsObject: false,
} as const;

type Named = Pick<ApiResource, 'root' | 'plural' | 'kind'>;

export function builtInResource(rules: Named & Partial<ApiResource>): ApiResource {
  return { ...BUILT_IN, ...rules };
}

export function customResource(rules: Named & Partial<ApiResource>): ApiResource {
  return { ...BUILT_IN, isCustom: true, needsVersionInPut: true, ...rules };
}

/** `batch/v1`, or `v1` for the core group. */
export function apiVersionOf({ root }: Resource): string {
  return root.replace(/^\/apis?\//u, '');
}
