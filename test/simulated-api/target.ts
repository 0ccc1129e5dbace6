import { NotSimulated } from './failures.ts';
import type { ApiResource } from './resource.ts';

/** What the path of a request names. */
export interface Target {
  readonly resource: ApiResource;
  /** Missing for cluster-wide resources, and in lists of all namespaces. */
  readonly namespace?: string | undefined;
  /** Missing in collections. */
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

export function targetOf(path: string, resources: readonly ApiResource[]): Target {
  for (const resource of resources) {
    const segments = segmentsIn(path, resource.root);
    const target = segments && targetIn(segments, resource);
    if (target !== undefined) return target;
  }
  throw new NotSimulated(`the path ${path}`);
}

function segmentsIn(path: string, root: string): readonly string[] | undefined {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1).split('/') : undefined;
}

function targetIn(segments: readonly string[], resource: ApiResource): Target | undefined {
  const isInNamespace = resource.isNamespaced && segments[0] === 'namespaces';
  const [plural, name, subresource, ...rest] = isInNamespace ? segments.slice(2) : segments;
  if (plural !== resource.plural || rest.length > 0) return undefined;
  // `namespaces/one/pods` is no subresource of a namespace.
  if (!resource.isNamespaced && subresource !== undefined && subresource !== 'status') return undefined;
  return { resource, namespace: isInNamespace ? segments[1] : undefined, name, subresource };
}
