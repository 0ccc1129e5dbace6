import { ApiError } from './api-error.ts';
import type { KubernetesObject } from './object.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** One event of a watch, decoded. */
export type WatchEvent<T> =
  | { readonly kind: 'seen'; readonly object: T }
  | { readonly kind: 'deleted'; readonly object: T }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string; readonly endsInitialEvents: boolean };

interface RawEvent<T> {
  readonly type: string;
  readonly object: T & { code?: number; reason?: string; message?: string };
}

/** Decodes a line; an ERROR event is thrown as the `ApiError` that it carries. */
export function parseWatchEvent<T extends KubernetesObject>(line: string): WatchEvent<T> {
  const { type, object } = JSON.parse(line) as RawEvent<T>;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { kind: 'seen', object };
    case 'DELETED':
      return { kind: 'deleted', object };
    case 'BOOKMARK':
      return {
        kind: 'bookmark',
        resourceVersion: object.metadata.resourceVersion,
        endsInitialEvents: object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true',
      };
    case 'ERROR':
      throw new ApiError(
        object.code ?? 500,
        object.reason ?? '',
        object.message ?? 'the watch ended with an error',
      );
    default:
      throw new Error(`a watch sent an event of the unknown type "${type}"`);
  }
}
