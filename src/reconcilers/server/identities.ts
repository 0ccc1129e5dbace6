import type { QlikServer, QlikServerSpec } from '../../api/qlikserver.ts';
import { ReferenceIndex } from '../../kubernetes/index.ts';
import { keyOf, type Key } from '../../kubernetes/object.ts';
import type { Store } from '../../kubernetes/store.ts';

/** Which QlikServers use one server as one user: Qlik counts their sessions together, and is spared together. */
export class Identities {
  readonly #servers: Store<QlikServer>;
  readonly #index = new ReferenceIndex();

  constructor(servers: Store<QlikServer>) {
    this.#servers = servers;
    servers.onChange((key, _before, after) => {
      this.#index.set(key, after === undefined ? [] : [identityOf(after.spec)]);
    });
  }

  /** What is the same for those who use one server as one user. */
  of(key: Key): string {
    const server = this.#servers.get(key);
    return server === undefined ? key : identityOf(server.spec);
  }

  /** The others, in order of their names. */
  others(server: QlikServer): readonly Key[] {
    const own = keyOf(server);
    return [...this.#index.referrers(identityOf(server.spec))].filter((key) => key !== own).sort();
  }
}

/** Qlik compares user directories and names without regard to case. */
export function identityOf({ onPremise, cloud }: QlikServerSpec): string {
  const host = (url: string | undefined) => (URL.canParse(url ?? '') ? new URL(url!).host : '');
  return onPremise === undefined
    ? `${host(cloud?.tenantUrl)} ${cloud?.clientId}`
    : `${host(onPremise.serverUrl)} ${onPremise.userDirectory}\\${onPremise.serviceAccountUser}`.toLowerCase();
}
