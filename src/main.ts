import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { inClusterAccess, kubeconfigAccess, type ClusterAccess } from './kubernetes/access.ts';
import { LeaderElection } from './kubernetes/election.ts';
import { RestClient } from './kubernetes/rest.ts';
import type { Term } from './kubernetes/term.ts';
import { ConfigError, helpText, parseCommand, type Config } from './config.ts';
import { announceAbsences, announcer } from './announce.ts';
import { refuseOlderCrds } from './crd-check.ts';
import { ServerController } from './reconcilers/server/controller.ts';
import { grantFrom } from './reconcilers/server/grant.ts';
import { endOnUnexpectedErrors, shutdownRequested } from './process-end.ts';
import { serveTelemetry } from './serve-telemetry.ts';
import { EventLoopWatch } from './telemetry/event-loop.ts';
import { createLog } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { version } from './version.ts';

const LEASE = 'qlik-operator';

let whatFailed = 'cannot start';

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') return print(helpText());
  if (command.kind === 'version') return print(`${version()}\n`);
  const { config } = command;
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  endOnUnexpectedErrors(log);
  log.info({ version: version(), node: process.version }, 'starting');

  const access = await clusterAccess(config);
  const rest = new RestClient(access, ({ method, path }, status) =>
    log.trace({ method, path, status }, 'request'),
  );
  announceAbsences(rest, { server: access.server, log });
  const metrics = new Metrics();
  const eventLoop = new EventLoopWatch();
  eventLoop.start();
  const controller = new ServerController({
    ...config,
    rest,
    log,
    metrics,
    instance: hostname(),
    ledgerNamespace: config.leaseNamespace ?? access.namespace,
    grant: grantFrom(process.env),
  });
  const election = electionOf(config, { access, rest, tell: announcer(log) });
  const telemetry = await serveTelemetry(config, { controller, election, eventLoop, rest, metrics, log });

  const stop = shutdownRequested(log);
  await Promise.race([controller.start(), aborted(stop)]);
  if (!stop.aborted) await refuseOlderCrds(rest, log);
  whatFailed = 'ended by an unexpected error';
  await (election === undefined
    ? controller.lead(wholeLife(stop))
    : election.run(stop, (term) => controller.lead(term)));

  await controller.stop();
  await rest.close();
  await telemetry.close();
  eventLoop.stop();
  log.info('stopped');
}

function clusterAccess({ kubeconfig }: Config): ClusterAccess | Promise<ClusterAccess> {
  const inCluster = kubeconfig === undefined ? inClusterAccess(process.env) : undefined;
  return inCluster ?? kubeconfigAccess(kubeconfig);
}

/** `undefined`: this replica leads from its start to its end. */
function electionOf(
  config: Config,
  { access, ...parts }: { access: ClusterAccess } & Pick<LeaderElectionParts, 'rest' | 'tell'>,
): LeaderElection | undefined {
  if (!config.leaderElect) return undefined;
  return new LeaderElection({
    ...config,
    ...parts,
    namespace: config.leaseNamespace ?? access.namespace,
    name: LEASE,
    identity: `${hostname()}_${randomBytes(6).toString('hex')}`,
  });
}

type LeaderElectionParts = ConstructorParameters<typeof LeaderElection>[0];

function wholeLife(stop: AbortSignal): Term {
  return { signal: stop, isHeld: () => !stop.aborted };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function print(text: string): void {
  process.stdout.write(text);
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : `${whatFailed}: ${(error as Error).message}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
