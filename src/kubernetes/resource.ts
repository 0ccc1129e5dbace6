/** A resource of the API server, and where it is found. */
export interface Resource {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly root: string;
  readonly plural: string;
}

export const SECRETS: Resource = { root: '/api/v1', plural: 'secrets' };
export const CONFIG_MAPS: Resource = { root: '/api/v1', plural: 'configmaps' };
export const EVENTS: Resource = { root: '/apis/events.k8s.io/v1', plural: 'events' };
export const LEASES: Resource = { root: '/apis/coordination.k8s.io/v1', plural: 'leases' };

/** Metadata only: labels and versions without a byte of data. */
export const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Path of a collection; all namespaces without one. */
export function collectionPath({ root, plural }: Resource, namespace?: string): string {
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

/** Path of an object without a namespace. */
export function objectPathClusterWide({ root, plural }: Resource, name: string): string {
  return `${root}/${plural}/${name}`;
}

/** Path of one object, or of one of its subresources. */
export function objectPath(
  resource: Resource,
  at: { readonly namespace: string; readonly name: string },
  subresource?: 'status',
): string {
  return `${collectionPath(resource, at.namespace)}/${at.name}${subresource === undefined ? '' : `/${subresource}`}`;
}
