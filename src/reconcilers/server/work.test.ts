import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  exampleConnection,
  exampleMaterial,
  exampleReport,
  exampleServer,
} from '../../../test/integration/server/examples.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { CONNECTIONS, type ApiRequest, type RestClient } from '../../kubernetes/rest.ts';
import { Store } from '../../kubernetes/store.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { AppReports } from '../apps/report.ts';
import { ExecutionReports } from '../executions/report.ts';
import { Identities } from './identities.ts';
import { Bindings } from './bindings.ts';
import type { Materials } from './materials.ts';
import { ServerWork } from './work.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An API server that takes every write and answers none of them. */
class SilentApiServer {
  underWay = 0;

  readonly client = stub<RestClient>({
    reachability: stub<RestClient['reachability']>({ onBack: () => () => true, isAway: false }),
    request: <T>({ signal }: ApiRequest): Promise<T> => {
      const { promise, reject } = Promise.withResolvers<T>();
      this.underWay += 1;
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      return promise;
    },
  });
}

/** Something of which only this is used. */
function stub<T>(used: Partial<T>): T {
  return used as T;
}

test('an API server that does not answer keeps nobody from being checked, nor the lease from a connection', async () => {
  const servers = new Store<QlikServer>();
  const names = Array.from({ length: 50 }, (_each, index) => `server-${index}`);
  for (const name of names) servers.set(exampleServer({}, { metadata: { name, uid: name } }));
  const check = vi.fn<() => Promise<ReturnType<typeof exampleReport>>>(() =>
    Promise.resolve(exampleReport()),
  );
  const material = { ...exampleMaterial(), connection: exampleConnection(check) };
  const apiServer = new SilentApiServer();
  const term = new AbortController();
  const work = new ServerWork(
    { signal: term.signal, isHeld: () => !term.signal.aborted },
    {
      rest: apiServer.client,
      servers,
      materials: stub<Materials>({
        of: () => Promise.resolve(material),
        ofBinding: () => Promise.resolve(undefined),
        forget: () => undefined,
      }),
      bindings: new Bindings(stub({})),
      apps: new AppReports(),
      executions: new ExecutionReports(),
      identities: new Identities(servers),
      metrics: new Metrics(),
      log: pino({ level: 'silent' }),
      instance: 'replica',
      concurrency: 4,
      minCheckInterval: 10_000,
      heartbeat: 600_000,
    },
  );
  const running = work.run();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(check).toHaveBeenCalledTimes(names.length);
  expect(apiServer.underWay).toBeGreaterThan(4);
  expect(apiServer.underWay).toBeLessThan(CONNECTIONS);
  term.abort();
  await running;
});
