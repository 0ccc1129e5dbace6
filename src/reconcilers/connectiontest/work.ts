import type { QlikConnectionTest } from '../../api/qlikconnectiontest.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { MaterialMaker } from '../../connections/material.ts';
import type { Key } from '../../kubernetes/object.ts';
import type { RestClient } from '../../kubernetes/rest.ts';
import type { Store } from '../../kubernetes/store.ts';
import { clientOf, type Term } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import { accessRemedy, type AccessRights } from '../server/grant.ts';
import { identityOf } from '../server/identities.ts';
import { readSourceFrom } from '../server/read-source.ts';
import { TermLoop } from '../term-loop.ts';
import { ConnectionTestReconciler } from './reconcile.ts';

/** Tests that are made at the same time; over one server as one user, one. */
const WORKERS = 4;

export interface ConnectionTestsWorkOptions {
  readonly rest: RestClient;
  readonly tests: Store<QlikConnectionTest>;
  readonly servers: Store<QlikServer>;
  readonly maker: MaterialMaker;
  readonly rights: AccessRights;
  readonly log: Log;
}

/** The tests that are made during one term as leader. Nothing of it outlives the term. */
export class ConnectionTestsWork {
  readonly #options: ConnectionTestsWorkOptions;
  readonly #loop: TermLoop;

  constructor(term: Term, options: ConnectionTestsWorkOptions) {
    this.#options = options;
    const { rest, rights } = options;
    const client = clientOf(term, rest);
    const reconciler = new ConnectionTestReconciler({
      ...options,
      rest: client,
      sourceOf: (namespace) =>
        readSourceFrom(client, namespace, {
          isWatched: () => false,
          remedy: (reference) => accessRemedy(reference, namespace, rights),
        }),
    });
    this.#loop = new TermLoop(term, {
      ...options,
      what: 'connection test',
      workers: WORKERS,
      isSlow: () => false,
      groups: { of: (key) => this.#identityOf(key), most: 1 },
      reconcile: (key, signal) => reconciler.reconcile(key, signal),
    });
  }

  run(): Promise<void> {
    return this.#loop.run(this.#options.tests.keys());
  }

  changed(key: Key): void {
    this.#loop.queue.add(key, { urgent: true });
  }

  #identityOf(key: Key): string {
    const { tests, servers } = this.#options;
    const { spec, metadata } = tests.get(key) ?? {};
    const server = spec?.serverRef && servers.get(`${metadata?.namespace}/${spec.serverRef.name}`);
    const tested = spec?.server ?? server?.spec;
    return tested === undefined ? key : identityOf(tested);
  }
}
