import { API_VERSION, GROUP, SERVER_LABEL, VERSION } from '../../api/group.ts';
import { SERVER_NAMESPACE_LABEL } from '../../api/executions.ts';
import type { LedgerRecord, QlikExecutionLedger } from '../../api/qlikexecutionledger.ts';
import { hasCode, isOvertaken, unlessOvertaken } from '../../kubernetes/api-error.ts';
import { splitKey, type Key } from '../../kubernetes/object.ts';
import { collectionPath, objectPath, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { emptyRecord } from './ledger.ts';

const LEDGERS: Resource = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikexecutionledgers' };

/**
 * The ledgers, one for each QlikServer. A version that is kept here is as good as one just read: every write is a CAS
 * against the version it rests on, and what rests on an old one fails.
 */
export class Ledgers {
  readonly #rest: ApiClient;
  readonly #namespace: string;
  readonly #kept = new Map<Key, QlikExecutionLedger>();
  readonly #existing = new Set<Key>();

  constructor(rest: ApiClient, namespace: string) {
    this.#rest = rest;
    this.#namespace = namespace;
  }

  /** The last version known, else as it is; `undefined` if there is none. */
  async get(server: Key): Promise<QlikExecutionLedger | undefined> {
    return this.#kept.get(server) ?? this.read(server);
  }

  async read(server: Key): Promise<QlikExecutionLedger | undefined> {
    try {
      const path = this.#path(server);
      return this.#keep(server, await this.#rest.request<QlikExecutionLedger>({ method: 'GET', path }));
    } catch (error) {
      this.#kept.delete(server);
      if (!hasCode(error, 404)) throw error;
      this.#existing.delete(server);
      return undefined;
    }
  }

  /** Makes an empty one, which is not ready; whoever meets it goes on with it. */
  async create(server: Key): Promise<QlikExecutionLedger | undefined> {
    const { namespace, name } = splitKey(server);
    try {
      const made = await this.#rest.request<QlikExecutionLedger>({
        method: 'POST',
        path: collectionPath(LEDGERS, this.#namespace),
        query: { fieldValidation: 'Strict' },
        body: {
          apiVersion: API_VERSION,
          kind: 'QlikExecutionLedger',
          metadata: {
            name: ledgerName(server),
            namespace: this.#namespace,
            labels: { [SERVER_LABEL]: name, [SERVER_NAMESPACE_LABEL]: namespace },
          },
          ledger: emptyRecord(0),
        },
      });
      return this.#keep(server, made);
    } catch (error) {
      if (hasCode(error, 409)) return this.read(server);
      throw error;
    }
  }

  /** Replaces the record if the ledger is still that version; `undefined` if it is not, and then it must be read anew. */
  async cas(
    server: Key,
    read: QlikExecutionLedger,
    ledger: LedgerRecord,
  ): Promise<QlikExecutionLedger | undefined> {
    try {
      const written = await this.#rest.request<QlikExecutionLedger>({
        method: 'PUT',
        path: this.#path(server),
        query: { fieldValidation: 'Strict' },
        body: { ...read, apiVersion: API_VERSION, kind: 'QlikExecutionLedger', ledger },
      });
      return this.#keep(server, written);
    } catch (error) {
      // Whether it was written is not known unless the API server has said no.
      this.#kept.delete(server);
      if (isOvertaken(error)) return undefined;
      throw error;
    }
  }

  /** Removes a ledger that nobody needs any more, if it is still that version. */
  async remove(server: Key, { metadata: { uid, resourceVersion } }: QlikExecutionLedger): Promise<void> {
    this.forget(server);
    const removed = this.#rest.request({
      method: 'DELETE',
      path: this.#path(server),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid, resourceVersion },
      },
    });
    await unlessOvertaken(removed);
  }

  /** Reads all; the servers that have one, whether these exist or not. */
  async list(): Promise<Key[]> {
    const { items } = await this.#rest.request<{ items: QlikExecutionLedger[] }>({
      method: 'GET',
      path: collectionPath(LEDGERS, this.#namespace),
    });
    for (const item of items) this.#keep(item.metadata.name.replace('.', '/'), item);
    return [...this.#existing];
  }

  /** Whether there is one, as far as this operator has heard. */
  mayExist(server: Key): boolean {
    return this.#existing.has(server);
  }

  forget(server: Key): void {
    this.#kept.delete(server);
    this.#existing.delete(server);
  }

  #keep(server: Key, ledger: QlikExecutionLedger): QlikExecutionLedger {
    this.#kept.set(server, ledger);
    this.#existing.add(server);
    return ledger;
  }

  #path(server: Key): string {
    return objectPath(LEDGERS, { namespace: this.#namespace, name: ledgerName(server) });
  }
}

/** `<namespace>.<name>`: a namespace has no dot, so there are never two servers to one name. */
function ledgerName(server: Key): string {
  return server.replace('/', '.');
}
