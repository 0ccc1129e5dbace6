import type { Config } from './config.ts';
import type { LeaderElection } from './kubernetes/election.ts';
import type { RestClient } from './kubernetes/rest.ts';
import type { ServerController } from './reconcilers/server/controller.ts';
import type { EventLoopWatch } from './telemetry/event-loop.ts';
import { healthReport, type HealthCheck } from './telemetry/health.ts';
import { TelemetryServer } from './telemetry/http.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** Milliseconds of silence or delay that mean that the operator has stopped working. */
const TOO_LONG = 180_000;
/** A term whose work goes on for so long after its end is stuck. */
const OVERRUN = 30_000;
const BLOCKED = 10_000;

export interface Observed {
  readonly controller: ServerController;
  readonly election: LeaderElection | undefined;
  readonly eventLoop: EventLoopWatch;
  readonly rest: RestClient;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Serves `/livez`, `/readyz` and `/metrics`. */
export async function serveTelemetry(
  config: Config,
  observed: Observed,
): Promise<{ close: () => Promise<void> }> {
  const { metrics, log } = observed;
  observe(observed);
  const live = livenessChecks(observed);
  const ready = readinessChecks(observed);
  const health = new TelemetryServer({
    '/livez': () => Promise.resolve(healthReport(live)),
    '/readyz': () => Promise.resolve(healthReport(ready)),
  });
  const exposition = new TelemetryServer({
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  });
  log.info({ address: await health.listen(config.healthAddress) }, 'serving /livez and /readyz');
  log.info({ address: await exposition.listen(config.metricsAddress) }, 'serving /metrics');
  return {
    close: async () => {
      await Promise.all([health.close(), exposition.close()]);
    },
  };
}

/**
 * Liveness is progress. It is not lost because the API server is away: a restart would not bring that back, and a pod in
 * CrashLoopBackOff would come back minutes after it.
 */
export function livenessChecks({
  controller,
  election,
  eventLoop,
  rest,
}: Pick<Observed, 'controller' | 'election' | 'eventLoop' | 'rest'>): Record<string, HealthCheck> {
  const whileReachable = (ms: number) => Math.min(ms, rest.reachability.reachableFor);
  return {
    watch: () => over(TOO_LONG, whileReachable(controller.watchSilence), 'no sign of the API server for'),
    schedule: () => over(TOO_LONG, controller.scheduleLag, 'a check is late by'),
    lease: () =>
      election === undefined
        ? undefined
        : (over(TOO_LONG, whileReachable(election.silence), 'no answer about the lease for') ??
          over(OVERRUN, election.overrun, 'the work has outlived the leadership by')),
    eventloop: () => over(BLOCKED, eventLoop.longestBlock, 'the event loop was blocked for'),
  };
}

export function readinessChecks({
  controller,
  election,
}: Pick<Observed, 'controller' | 'election'>): Record<string, HealthCheck> {
  return {
    synced: () => (controller.isSynced ? undefined : 'QlikServers have not been read yet'),
    lease: () => election?.problem,
  };
}

function over(limit: number, ms: number, what: string): string | undefined {
  return ms > limit ? `${what} ${Math.round(ms / 1000)} s` : undefined;
}

function observe({ metrics, election, eventLoop, rest }: Observed): void {
  metrics.observe('qlik_operator_leader', 'Whether this replica leads: 1 or 0.', () =>
    election === undefined || election.isLeader ? 1 : 0,
  );
  metrics.observe(
    'qlik_lease_silence_seconds',
    'Seconds since the API server last answered about the lease.',
    () => (election?.silence ?? 0) / 1000,
  );
  metrics.observe(
    'qlik_event_loop_longest_block_seconds',
    'Longest time within the last 20 seconds for which the event loop was blocked.',
    () => eventLoop.longestBlock / 1000,
  );
  metrics.observe('qlik_api_server_reachable', 'Whether the API server can be reached: 1 or 0.', () =>
    rest.reachability.isAway ? 0 : 1,
  );
}
