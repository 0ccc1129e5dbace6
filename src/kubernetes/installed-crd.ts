import { hasCode } from './api-error.ts';
import { fieldsOf, type Schema } from '../api/schema-fields.ts';
import { objectPathClusterWide } from './resource.ts';
import type { ApiClient } from './term.ts';

/** What this build of the operator expects of a CustomResourceDefinition. */
export interface ExpectedCrd {
  readonly name: string;
  readonly version: string;
  /** Value of the annotation `annotation` that the definition of this build has. */
  readonly hash: string;
  readonly annotation: string;
  /** Paths of the fields that are written, such as `status.checks.summary`. */
  readonly writtenFields: readonly string[];
}

export type CrdFinding =
  | { readonly kind: 'same' }
  /** Of another build, but everything that this one writes has its place. */
  | { readonly kind: 'different' }
  /** Older: an object with these fields would be refused. */
  | { readonly kind: 'lacking'; readonly fields: readonly string[] }
  | { readonly kind: 'absent' }
  /** It could not be read; not a reason to work no more, as the API server may be in trouble for a moment. */
  | { readonly kind: 'unknown'; readonly why: string };

interface Crd {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly versions: readonly {
      readonly name: string;
      readonly schema?: { readonly openAPIV3Schema?: Schema };
    }[];
  };
}

/** Compares the definition in the cluster with the one of this build. */
export async function inspectCrd(rest: ApiClient, expected: ExpectedCrd): Promise<CrdFinding> {
  try {
    const path = objectPathClusterWide(
      { root: '/apis/apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
      expected.name,
    );
    return compareCrd(await rest.request<Crd>({ method: 'GET', path }), expected);
  } catch (error) {
    if (hasCode(error, 404)) return { kind: 'absent' };
    return { kind: 'unknown', why: (error as Error).message };
  }
}

export function compareCrd(installed: Crd, expected: ExpectedCrd): CrdFinding {
  if (installed.metadata.annotations?.[expected.annotation] === expected.hash) return { kind: 'same' };
  const version = installed.spec.versions.find(({ name }) => name === expected.version);
  const known = new Set(fieldsOf(version?.schema?.openAPIV3Schema));
  const fields = expected.writtenFields.filter((field) => !known.has(field));
  return fields.length === 0 ? { kind: 'different' } : { kind: 'lacking', fields };
}
