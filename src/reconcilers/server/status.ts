import { GROUP, VERSION } from '../../api/group.ts';
import type { QlikServer, QlikServerStatus } from '../../api/qlikserver.ts';
import { unlessAbsent } from '../../kubernetes/api-error.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import { objectPath, type Resource } from '../../kubernetes/resource.ts';
import { putStatus } from '../../kubernetes/status.ts';
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

  /** Takes the answer into the store, ahead of the watch. */
  async write(server: QlikServer, status: QlikServerStatus): Promise<Written> {
    const write = await putStatus(this.#rest, QLIK_SERVERS, { object: server, status });
    if (write.kind === 'written') this.#store.update(write.object);
    return write.kind;
  }
}
