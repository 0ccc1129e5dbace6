import { GROUP, VERSION } from '../../api/group.ts';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import { hasCode, unlessAbsent } from '../../kubernetes/api-error.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import { objectPath, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import type { Store } from '../../kubernetes/store.ts';

export const QLIK_SERVERS: Resource = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikservers' };

/** A QlikServer as it is now; `undefined` if there is none of that name. */
export function readServer(rest: ApiClient, key: Key): Promise<QlikServer | undefined> {
  const path = objectPath(QLIK_SERVERS, splitKey(key));
  return unlessAbsent(rest.request<QlikServer>({ method: 'GET', path }));
}

export type Written = 'written' | 'conflict' | 'gone';

/** The only writer of QlikServer.status. */
export class StatusWriter {
  readonly #rest: ApiClient;
  readonly #store: Store<QlikServer>;

  constructor(rest: ApiClient, store: Store<QlikServer>) {
    this.#rest = rest;
    this.#store = store;
  }

  /**
   * Replaces the status of the object as it was read: uid and resourceVersion go along, so that neither a newer object
   * nor its namesake is given a verdict that is not its own. Takes the answer into the store, ahead of the watch.
   */
  async write(server: QlikServer, status: QlikServerStatus): Promise<Written> {
    const { name, namespace, uid, resourceVersion } = server.metadata;
    try {
      const updated = await this.#rest.request<QlikServer>({
        method: 'PUT',
        path: objectPath(QLIK_SERVERS, { namespace, name }, 'status'),
        query: { fieldValidation: 'Strict' },
        body: {
          apiVersion: server.apiVersion,
          kind: server.kind,
          metadata: { name, namespace, uid, resourceVersion },
          spec: server.spec,
          status,
        },
      });
      this.#store.update(updated);
      return 'written';
    } catch (error) {
      if (hasCode(error, 409)) return 'conflict';
      if (hasCode(error, 404)) return 'gone';
      throw error;
    }
  }
}
