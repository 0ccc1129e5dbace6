import { keyOf, type Key } from '../../src/kubernetes/object.ts';
import { type ApiObject, copy, deepFreeze, isEqual } from './object.ts';
import type { ApiResource } from './resource.ts';

/** A change as a watch tells it. A deleted object has the resourceVersion of its deletion. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ApiObject;
}

export type ChangeListener = (change: Change) => void;

interface Kept {
  /** As it was written: what a write changes is measured by this. */
  readonly written: ApiObject;
  /** As it is read: with defaults for what was left out. */
  readonly object: ApiObject;
}

/** etcd: the objects as they are now, one counter of versions for all of them, and whoever watches. */
export class ObjectStore {
  readonly #objects = new Map<ApiResource, Map<Key, Kept>>();
  readonly #listeners = new Map<ApiResource, Set<ChangeListener>>();
  #version = 1000;

  get version(): string {
    return String(this.#version);
  }

  get(resource: ApiResource, key: Key): ApiObject | undefined {
    return this.#objects.get(resource)?.get(key)?.object;
  }

  /** All objects of a resource in the order in which they are listed. */
  all(resource: ApiResource): ApiObject[] {
    const objects = [...(this.#objects.get(resource) ?? [])];
    return objects.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { object }]) => object);
  }

  /** Stores an object under the next version, unless that changes nothing; returns what is read from then on. */
  put(resource: ApiResource, draft: ApiObject): ApiObject {
    const ofResource = this.#objects.get(resource) ?? new Map<Key, Kept>();
    this.#objects.set(resource, ofResource);
    const before = ofResource.get(keyOf(draft));
    if (before !== undefined && isUnchanged(before.written, draft)) return before.object;
    const kept = keep(this.#versioned(draft), resource);
    ofResource.set(keyOf(draft), kept);
    this.#tell(resource, { type: before === undefined ? 'ADDED' : 'MODIFIED', object: kept.object });
    return kept.object;
  }

  delete(resource: ApiResource, object: ApiObject): ApiObject {
    this.#objects.get(resource)?.delete(keyOf(object));
    const deleted = deepFreeze(this.#versioned(object));
    this.#tell(resource, { type: 'DELETED', object: deleted });
    return deleted;
  }

  /** Returns what ends it. */
  onChange(resource: ApiResource, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(resource) ?? new Set();
    this.#listeners.set(resource, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #versioned(object: ApiObject): ApiObject {
    this.#version += 1;
    const { metadata } = object;
    return copy({ ...object, metadata: { ...metadata, resourceVersion: this.version } });
  }

  #tell(resource: ApiResource, change: Change): void {
    for (const listener of this.#listeners.get(resource) ?? []) listener(change);
  }
}

function keep(written: ApiObject, resource: ApiResource): Kept {
  const object = resource.setDefaults === undefined ? written : copy(written);
  resource.setDefaults?.(object);
  return { written, object: deepFreeze(object) };
}

function isUnchanged(before: ApiObject, draft: ApiObject): boolean {
  const { resourceVersion } = before.metadata;
  return isEqual(before, { ...draft, metadata: { ...draft.metadata, resourceVersion } });
}
