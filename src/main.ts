import { hostname } from 'node:os';
import { inClusterAccess, kubeconfigAccess, type ClusterAccess } from './kubernetes/access.ts';
import { RestClient } from './kubernetes/rest.ts';
import { ConfigError, helpText, parseCommand, type Config } from './config.ts';
import { ServerController } from './reconcilers/server/controller.ts';
import { healthReport } from './telemetry/health.ts';
import { TelemetryServer } from './telemetry/http.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { version } from './version.ts';

/** A silent watch or a late schedule of this length means that the operator has stopped working. */
const TOO_LONG = 180_000;

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') return print(helpText());
  if (command.kind === 'version') return print(`${version()}\n`);
  const { config } = command;
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  log.info({ version: version(), node: process.version }, 'starting');

  const access = await clusterAccess(config);
  const rest = new RestClient(access, ({ method, path }, status) =>
    log.trace({ method, path, status }, 'request'),
  );
  const metrics = new Metrics();
  const controller = new ServerController({ rest, log, metrics, instance: hostname(), ...config });
  const telemetry = await serveTelemetry(config, { controller, metrics, log });
  const stopped = shutdownRequested(log);
  await Promise.race([controller.start(), stopped]);
  await stopped;

  await controller.stop();
  await rest.close();
  await Promise.all(telemetry.map((server) => server.close()));
  log.info('stopped');
}

function clusterAccess({ kubeconfig }: Config): ClusterAccess | Promise<ClusterAccess> {
  const inCluster = kubeconfig === undefined ? inClusterAccess(process.env) : undefined;
  return inCluster ?? kubeconfigAccess(kubeconfig);
}

interface Parts {
  readonly controller: ServerController;
  readonly metrics: Metrics;
  readonly log: Log;
}

async function serveTelemetry(
  config: Config,
  { controller, metrics, log }: Parts,
): Promise<TelemetryServer[]> {
  const tooLong = (ms: number) => (ms > TOO_LONG ? `${Math.round(ms / 1000)} s` : undefined);
  const synced = () => (controller.isSynced ? undefined : 'QlikServers have not been read yet');
  const live = () =>
    Promise.resolve(
      healthReport({
        watch: () => tooLong(controller.watchSilence),
        schedule: () => tooLong(controller.scheduleLag),
      }),
    );
  const ready = () => Promise.resolve(healthReport({ synced }));
  const health = new TelemetryServer({ '/livez': live, '/readyz': ready });
  const exposition = new TelemetryServer({
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  });
  log.info({ address: await health.listen(config.healthAddress) }, 'serving /livez and /readyz');
  log.info({ address: await exposition.listen(config.metricsAddress) }, 'serving /metrics');
  return [health, exposition];
}

/** Resolves with the first SIGINT or SIGTERM; a second one ends the process the hard way. */
function shutdownRequested(log: Log): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      resolve();
    });
  }
  return promise;
}

function print(text: string): void {
  process.stdout.write(text);
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : `cannot start: ${(error as Error).message}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
