import type { QlikConnectionTest } from '../../api/qlikconnectiontest.ts';
import { withoutManagedFields } from '../../kubernetes/object.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { QLIK_CONNECTION_TESTS } from './reconcile.ts';

export interface ConnectionTestWatchesOptions {
  readonly rest: RestClient;
  /** Those that are watched; `undefined` stands for all. */
  readonly namespaces: readonly (string | undefined)[];
  /** Of the tests that this operator makes; empty selects all. */
  readonly labelSelector: string;
  readonly onError: (what: string, error: unknown) => void;
}

/** QlikConnectionTests, kept up to date in every replica. */
export class ConnectionTestWatches {
  readonly tests = new Store<QlikConnectionTest>();
  readonly #reflectors: readonly Reflector<QlikConnectionTest>[];

  constructor({ rest, namespaces, labelSelector, onError }: ConnectionTestWatchesOptions) {
    this.#reflectors = namespaces.map(
      (namespace) =>
        new Reflector({
          rest,
          resource: QLIK_CONNECTION_TESTS,
          store: this.tests,
          ...(namespace === undefined ? {} : { namespace }),
          ...(labelSelector === '' ? {} : { labelSelector }),
          slim: withoutManagedFields,
          onError: (error) => onError('QlikConnectionTests', error),
        }),
    );
  }

  start(): void {
    for (const reflector of this.#reflectors) reflector.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  /** Milliseconds without a sign of the API server, of the watch that is worst off. */
  get silence(): number {
    return Math.max(...this.#reflectors.map(({ silence }) => silence));
  }
}
