/** What every object of the API has, as far as the operator looks at it. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** `namespace/name`: how objects of one kind are told apart in stores and queues. */
export type Key = string;

export function keyOf(object: {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): Key {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

export function splitKey(key: Key): { readonly namespace: string; readonly name: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}

/** An object without who wrote which of its fields: a large part of it, which hardly anybody reads. */
export function withoutManagedFields<T extends KubernetesObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

/** Whether `a` is newer than `b`. Resource versions of one resource are comparable numbers (Kubernetes 1.35). */
export function isNewer(a: KubernetesObject, b: KubernetesObject): boolean {
  return BigInt(a.metadata.resourceVersion) > BigInt(b.metadata.resourceVersion);
}
