import { hasCode } from './api-error.ts';
import type { KubernetesObject } from './object.ts';
import { objectPath, type Resource } from './resource.ts';
import type { ApiClient } from './term.ts';

export type StatusWrite<T> =
  | { readonly kind: 'written'; readonly object: T }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'gone' };

interface WithStatus extends KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: unknown;
  readonly status?: object;
}

/**
 * Replaces the status of an object as it was read: uid and resourceVersion go along, so that neither a newer object nor
 * its namesake is given a verdict that is not its own.
 */
export async function putStatus<T extends WithStatus>(
  rest: ApiClient,
  resource: Resource,
  { object, status }: { readonly object: T; readonly status: NonNullable<T['status']> },
): Promise<StatusWrite<T>> {
  const { name, namespace = '', uid, resourceVersion } = object.metadata;
  try {
    const written = await rest.request<T>({
      method: 'PUT',
      path: objectPath(resource, { namespace, name }, 'status'),
      query: { fieldValidation: 'Strict' },
      body: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        metadata: { name, namespace, uid, resourceVersion },
        spec: object.spec,
        status,
      },
    });
    return { kind: 'written', object: written };
  } catch (error) {
    if (hasCode(error, 409)) return { kind: 'conflict' };
    if (hasCode(error, 404)) return { kind: 'gone' };
    throw error;
  }
}
