import type { ApiObject, Fields } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import { apiVersionOf, type ApiResource } from './resource.ts';
import { NotSimulated } from './failures.ts';
import { labelSelector } from './selectors.ts';
import type { Target } from './target.ts';

const KNOWN = new Set(['labelSelector', 'limit', 'continue']);

interface Snapshot {
  readonly version: string;
  readonly objects: readonly ApiObject[];
}

/** LIST: always as of now, and its later pages as of the first one. */
export class Listing {
  readonly #store: ObjectStore;
  readonly #snapshots: Snapshot[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  list(target: Target, query: Readonly<Record<string, string>>): Fields {
    const unknown = Object.keys(query).find((parameter) => !KNOWN.has(parameter));
    if (unknown !== undefined) throw new NotSimulated(`the parameter ${unknown} of a list`);
    const snapshot = query['continue'] === undefined ? this.#take(target) : this.#resume(query['continue']);
    const { page, rest } = pageOf(snapshot.objects, query);
    return {
      kind: `${target.resource.kind}List`,
      apiVersion: apiVersionOf(target.resource),
      metadata: {
        resourceVersion: snapshot.version,
        ...(rest.length === 0 ? {} : { continue: this.#keep({ ...snapshot, objects: rest }) }),
      },
      items: page.map((object) => item(object, target.resource)),
    };
  }

  #take({ resource, namespace }: Target): Snapshot {
    const isListed = ({ metadata }: ApiObject) => namespace === undefined || metadata.namespace === namespace;
    return { version: this.#store.version, objects: this.#store.all(resource).filter(isListed) };
  }

  #keep(snapshot: Snapshot): string {
    return String(this.#snapshots.push(snapshot) - 1);
  }

  #resume(token: string): Snapshot {
    const snapshot = this.#snapshots[Number(token)];
    if (snapshot === undefined) throw new NotSimulated(`the continue token "${token}"`);
    return snapshot;
  }
}

/** A page is full, or the last one. What follows a full one need not match: the last page may be empty. */
function pageOf(
  objects: readonly ApiObject[],
  query: Readonly<Record<string, string>>,
): { page: ApiObject[]; rest: readonly ApiObject[] } {
  const { labelSelector: labels = '', limit } = query;
  const hasLabels = labelSelector(labels);
  const page: ApiObject[] = [];
  for (const [index, object] of objects.entries()) {
    if (!hasLabels(object)) continue;
    page.push(object);
    if (page.length === Number(limit)) return { page, rest: objects.slice(index + 1) };
  }
  return { page, rest: [] };
}

/** In lists of built-in kinds the kind stands at the list alone. */
function item(object: ApiObject, resource: ApiResource): Fields {
  if (resource.isCustom) return object;
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest;
}
