import { expect, inject, test } from 'vitest';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import { kubeconfigAccess } from '../../../src/kubernetes/access.ts';
import { RestClient } from '../../../src/kubernetes/rest.ts';
import { ServerController } from '../../../src/reconcilers/server/controller.ts';
import { createLog } from '../../../src/telemetry/log.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';
import { auditEntries } from '../../controlplane/audit.ts';
import { startControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { rightOf } from '../../installation/rights.ts';
import { Api, PATHS } from './api.ts';
import { applyRelaxedCrds } from './relaxed-crd.ts';
import { Needles } from './needles.ts';
import { World } from './world.ts';

const SERVERS = 20;
/** `QUIET=real` takes the real durations, and 25 minutes. */
const { interval, heartbeat, quiet } =
  process.env['QUIET'] === 'real'
    ? { interval: 10_000, heartbeat: 600_000, quiet: 1_500_000 }
    : { interval: 1_000, heartbeat: 15_000, quiet: 150_000 };

/** What the gate reads and writes. */
const OF_EXECUTIONS: ReadonlySet<string> = new Set([
  'jobs',
  'namespaces',
  'pods',
  'priorityclasses',
  'qlikexecutionledgers',
  'qlikexecutions',
]);

test('a quiet time writes heartbeats and nothing else', { timeout: 2 * quiet }, async () => {
  await using parts = new AsyncDisposableStack();
  const { binaries } = inject('controlPlane');
  const controlPlane = parts.use(
    await startControlPlane({ binaries, audit: true, users: { operator: ['system:masters'] } }),
  );
  const api = new Api(controlPlane);
  parts.defer(() => api.close());
  await applyRelaxedCrds(controlPlane, api);
  const world = parts.use(await World.create({ controlPlane, api, needles: new Needles() }));
  await world.createSecret();
  await world.createTrust();
  const names = Array.from({ length: SERVERS }, (_, index) => `server-${index}`);
  for (const name of names) await world.createServer({ checks: { interval: `${interval / 1000}s` } }, name);

  const rest = new RestClient(await kubeconfigAccess(controlPlane.kubeconfigs['operator']));
  parts.defer(() => rest.close());
  const metrics = new Metrics();
  const controller = new ServerController({
    rest,
    metrics,
    log: createLog({ level: 'error', format: 'json' }),
    instance: 'test',
    concurrency: 8,
    appWriteQps: 50,
    ledgerNamespace: 'default',
    minCheckInterval: interval,
    heartbeat,
    watchNamespaces: [],
    watchLabelSelector: '',
    secretAccess: 'namespace',
    forbidInsecureTls: false,
    grant: undefined,
    proxyFor: () => undefined,
    allowedHosts: [],
    allowLocalTargets: true,
  });
  await controller.start();
  const stop = new AbortController();
  const leading = controller.lead({ signal: stop.signal, isHeld: () => !stop.signal.aborted });
  parts.defer(async () => {
    stop.abort();
    await leading;
    await controller.stop();
  });
  const servers = () =>
    api.get<{ items: QlikServer[] }>(PATHS.servers(world.namespace)).then(({ items }) => items);
  const isReady = ({ status }: QlikServer) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  await until('all are ready', async () => (await servers()).every(isReady), { deadlineMs: 60_000 });

  const from = new Date();
  const checksBefore = world.site.requests('GET /qrs/about');
  await new Promise((resolve) => setTimeout(resolve, quiet));
  const to = new Date();
  const written = auditEntries(controlPlane).filter(
    ({ verb, user, requestReceivedTimestamp }) =>
      user.username === 'operator' &&
      !['get', 'list', 'watch'].includes(verb) &&
      new Date(requestReceivedTimestamp) >= from &&
      new Date(requestReceivedTimestamp) <= to,
  );
  const heartbeats = written.filter(({ objectRef }) => objectRef?.subresource === 'status');
  expect(written).toHaveLength(heartbeats.length);
  // A heartbeat goes with the first check at which the status is so far behind: at most one interval later.
  for (const name of names) {
    const count = heartbeats.filter(({ objectRef }) => objectRef?.name === name).length;
    expect(count, name).toBeGreaterThanOrEqual(Math.floor(quiet / (heartbeat + interval)));
    expect(count, name).toBeLessThanOrEqual(Math.ceil(quiet / heartbeat));
  }
  // Where nobody runs anything, the gate costs the same for any number of servers, their first minute included.
  const asked = auditEntries(controlPlane).filter(
    ({ verb, user, objectRef }) =>
      user.username === 'operator' && verb !== 'watch' && OF_EXECUTIONS.has(objectRef?.resource ?? ''),
  );
  expect(asked.map(rightOf)).toEqual(['list kpimailer.io/qlikexecutionledgers']);
  const checks = world.site.requests('GET /qrs/about') - checksBefore;
  console.log(
    `${checks} checks, ${heartbeats.length} heartbeats, ${written.length - heartbeats.length} other writes`,
  );
  expect(checks).toBeGreaterThan((0.9 * SERVERS * quiet) / interval);
});
