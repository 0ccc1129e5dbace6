import { isDeepStrictEqual } from 'node:util';
import { milliseconds } from '../../api/duration.ts';
import { GROUP, VERSION } from '../../api/group.ts';
import type { QlikConnectionTest, QlikConnectionTestStatus } from '../../api/qlikconnectiontest.ts';
import type { QlikServer, QlikServerSpec } from '../../api/qlikserver.ts';
import type { MaterialMaker } from '../../connections/material.ts';
import { ConfigurationProblem } from '../../connections/problem.ts';
import type { ReadSource } from '../../connections/source.ts';
import type { Result } from '../../controller/loop.ts';
import { unlessOvertaken } from '../../kubernetes/api-error.ts';
import type { Key } from '../../kubernetes/object.ts';
import { objectPath, type Resource } from '../../kubernetes/resource.ts';
import { putStatus } from '../../kubernetes/status.ts';
import type { Store } from '../../kubernetes/store.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import type { Log } from '../../telemetry/log.ts';
import { mayBeOnItsWay } from '../server/explain.ts';
import { desiredStatus, type Finding } from './desired-status.ts';
import { testedSpec } from './tested-spec.ts';

export const QLIK_CONNECTION_TESTS: Resource = {
  root: `/apis/${GROUP}/${VERSION}`,
  plural: 'qlikconnectiontests',
};

/** Milliseconds between two looks for what does not exist yet. */
const LOOK_AGAIN = 2_000;

export interface ConnectionTestReconcilerOptions {
  readonly rest: ApiClient;
  readonly tests: Store<QlikConnectionTest>;
  readonly servers: Store<QlikServer>;
  /** The one of the periodic checks: what a tenant has rejected there counts here, too. */
  readonly maker: MaterialMaker;
  readonly sourceOf: (namespace: string) => ReadSource;
  readonly log: Log;
}

/** Makes each test once, and says in its status what was found. */
export class ConnectionTestReconciler {
  readonly #options: ConnectionTestReconcilerOptions;

  constructor(options: ConnectionTestReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: Key, signal: AbortSignal): Promise<Result> {
    const test = this.#options.tests.get(key);
    if (test === undefined || test.metadata.deletionTimestamp !== undefined) return { kind: 'settled' };
    if (test.status?.completionTime !== undefined) return this.#expire(test, test.status.completionTime);
    const { spec, finding } = await this.#make(test, signal);
    if (signal.aborted) return { kind: 'settled' }; // the next leader makes it
    return this.#report(test, desiredStatus(test, spec, { finding, now: Date.now() }));
  }

  async #make(test: QlikConnectionTest, signal: AbortSignal): Promise<Made> {
    let spec: QlikServerSpec | undefined;
    try {
      spec = testedSpec(test.spec, this.#serverOf(test));
      const material = await this.#options.maker.make(spec, this.#options.sourceOf(test.metadata.namespace));
      const from = Date.now();
      const report = await material.connection.check({
        signal,
        timeout: milliseconds(spec.checks.timeout),
        proveAnew: true,
        proveSignIn: () => true,
      });
      for (const error of report.errors)
        this.#options.log.error({ ...nameOf(test), error }, 'a check failed by our own fault');
      return { spec, finding: { kind: 'checked', material, report, duration: Date.now() - from } };
    } catch (error) {
      if (!(error instanceof ConfigurationProblem)) throw error;
      const isAwaited = mayBeOnItsWay(error.reason) && Date.now() < awaitedUntil(test);
      return { spec, finding: { kind: isAwaited ? 'waiting' : 'unusable', problem: error } };
    }
  }

  #serverOf({ metadata, spec }: QlikConnectionTest): QlikServer | undefined {
    return spec.serverRef && this.#options.servers.get(`${metadata.namespace}/${spec.serverRef.name}`);
  }

  async #report(test: QlikConnectionTest, status: QlikConnectionTestStatus): Promise<Result> {
    const { rest, tests, log } = this.#options;
    const isDone = status.completionTime !== undefined;
    if (!isDeepStrictEqual(status, test.status)) {
      const write = await putStatus(rest, QLIK_CONNECTION_TESTS, { object: test, status });
      if (write.kind === 'gone') return { kind: 'settled' };
      if (write.kind === 'conflict') throw new Error('somebody else has written the status of the test');
      tests.update(write.object);
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      if (isDone)
        log.info({ ...nameOf(test), reason: ready?.reason }, `connection tested: ${ready?.message}`);
      test = write.object;
    }
    if (!isDone) return { kind: 'again', at: Math.min(Date.now() + LOOK_AGAIN, awaitedUntil(test)) };
    return this.#expire(test, status.completionTime ?? '');
  }

  async #expire(test: QlikConnectionTest, completionTime: string): Promise<Result> {
    const { ttlSecondsAfterFinished: ttl } = test.spec;
    if (ttl === undefined) return { kind: 'settled' };
    const end = Date.parse(completionTime) + ttl * 1000;
    if (Date.now() < end) return { kind: 'again', at: end };
    const { namespace, name, uid } = test.metadata;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
    const path = objectPath(QLIK_CONNECTION_TESTS, { namespace, name });
    await unlessOvertaken(this.#options.rest.request({ method: 'DELETE', path, body }));
    return { kind: 'settled' };
  }
}

interface Made {
  readonly spec: QlikServerSpec | undefined;
  readonly finding: Finding;
}

/** Since when is known from the API server: a restart does not make anybody wait anew. */
function awaitedUntil({ metadata, spec }: QlikConnectionTest): number {
  return Date.parse(metadata.creationTimestamp) + milliseconds(spec.secretWait);
}

function nameOf({ metadata: { namespace, name } }: QlikConnectionTest) {
  return { namespace, name };
}
