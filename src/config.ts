import { parseArgs } from 'node:util';
import { SECRET_ACCESS, type SecretAccess } from './reconcilers/server/source-watches.ts';
import {
  durationBetween,
  hostPatterns,
  labelSelector,
  listenAddress,
  namespace,
  namespaces,
  oneOf,
  trueOrFalse,
  wholeNumber,
  wholeSeconds,
} from './flag-values.ts';
import { environmentProxy } from './connections/environment-proxy.ts';
import type { ProxyFor } from './qlik/transport/http-proxy.ts';
import type { TargetRules } from './qlik/transport/target-policy.ts';
import type { LeaseTimes } from './kubernetes/lease.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './telemetry/log.ts';
import type { ListenAddress } from './telemetry/http.ts';

/** The settings of the operator, read once at the start. */
export interface Config extends TargetRules {
  readonly kubeconfig: string | undefined;
  /** Namespaces whose QlikServers are looked after; none means all. */
  readonly watchNamespaces: readonly string[];
  /** Label selector of these QlikServers; empty selects all. */
  readonly watchLabelSelector: string;
  readonly secretAccess: SecretAccess;
  readonly forbidInsecureTls: boolean;
  /** From HTTPS_PROXY and NO_PROXY, for servers that name no proxy themselves. */
  readonly proxyFor: ProxyFor;
  readonly leaderElect: boolean;
  /** Namespace of the Lease; that of the operator itself, if not given. */
  readonly leaseNamespace: string | undefined;
  /** In milliseconds, as the two below. */
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  /** Checks in flight. */
  readonly concurrency: number;
  /** Milliseconds below which no check interval goes. */
  readonly minCheckInterval: number;
  /** QlikApps written per second, over all servers. */
  readonly appWriteQps: number;
  readonly metricsAddress: ListenAddress;
  readonly healthAddress: ListenAddress;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** A flag: its default, what it means and how its text becomes a value; `parse` throws the rule that is broken. */
interface Flag<T> {
  readonly default: string;
  readonly help: string;
  readonly parse: (text: string) => T;
}

const flags = {
  kubeconfig: flag(
    '',
    'kubeconfig file; default: the ServiceAccount of the pod, else $KUBECONFIG or ~/.kube/config',
    (text) => (text === '' ? undefined : text),
  ),
  'watch-namespaces': flag(
    '',
    'namespaces whose QlikServers are looked after, separated by commas; default: all',
    namespaces,
  ),
  'watch-label-selector': flag(
    '',
    'label selector of the QlikServers that are looked after, such as team=finance; default: all',
    labelSelector,
  ),
  'secret-access': flag<SecretAccess>(
    'namespace',
    'namespace | named: whether the roles of the operator are for all Secrets of a namespace or name each (resourceNames)',
    oneOf(SECRET_ACCESS),
  ),
  'forbid-insecure-tls': flag(
    'false',
    'true | false: whether QlikServers with insecureSkipTlsVerify are refused',
    trueOrFalse,
  ),
  'leader-elect': flag(
    'true',
    'true | false: whether replicas elect one that works while the others stand by',
    trueOrFalse,
  ),
  'lease-namespace': flag(
    '',
    'namespace of the Lease "qlik-operator"; default: that of the pod, outside a cluster "default"',
    (text) => (text === '' ? undefined : namespace(text)),
  ),
  'lease-duration': flag(
    '15s',
    'how long others wait after the last renewal they saw before they take over, in whole seconds, 2s to 10m',
    wholeSeconds('2s', '10m'),
  ),
  'renew-deadline': flag(
    '10s',
    'how long the leader goes on without a renewal; shorter than --lease-duration, 1s to 10m',
    durationBetween('1s', '10m'),
  ),
  'retry-period': flag(
    '2s',
    'time between two attempts to acquire or renew; at most half of --renew-deadline, 100ms to 1m',
    durationBetween('100ms', '1m'),
  ),
  concurrency: flag('32', 'checks in flight, 1 to 1000', wholeNumber(1, 1000)),
  'min-check-interval': flag(
    '10s',
    'no check interval is shorter than this, 1s to 24h',
    durationBetween('1s', '24h'),
  ),
  'app-write-qps': flag(
    '50',
    'QlikApps written per second at most, over all servers, 1 to 10000',
    wholeNumber(1, 10_000),
  ),
  'allowed-hosts': flag(
    '',
    'hosts that QlikServers may name, separated by commas, such as qlik.corp.example,*.qlikcloud.com; default: every host',
    hostPatterns,
  ),
  'allow-local-targets': flag(
    'false',
    'true | false: whether QlikServers may lead to loopback and link-local addresses',
    trueOrFalse,
  ),
  'metrics-address': flag(
    ':8080',
    'address of /metrics, [host]:port; port 0 takes a free one',
    listenAddress,
  ),
  'health-address': flag(
    ':8081',
    'address of /livez and /readyz, [host]:port; port 0 takes a free one',
    listenAddress,
  ),
  'log-level': flag<LogLevel>('info', LOG_LEVELS.join(' | '), oneOf(LOG_LEVELS)),
  'log-format': flag<LogFormat>('json', LOG_FORMATS.join(' | '), oneOf(LOG_FORMATS)),
};

type FlagName = keyof typeof flags;

/** A flag or variable that cannot be used; the message names the flag, the rule and the value. */
export class ConfigError extends Error {}

export type Command =
  | { readonly kind: 'run'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Reads flags, then environment variables (`--log-level` is `QLIK_OPERATOR_LOG_LEVEL`), then defaults. */
export function parseCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const given = parseFlags(args);
  if (given['help'] === true) return { kind: 'help' };
  if (given['version'] === true) return { kind: 'version' };
  const value = <N extends FlagName>(name: N): ReturnType<(typeof flags)[N]['parse']> => {
    const text = (given[name] as string | undefined) ?? env[variableOf(name)] ?? flags[name].default;
    try {
      return flags[name].parse(text) as ReturnType<(typeof flags)[N]['parse']>;
    } catch (error) {
      throw new ConfigError(
        `--${name} (or ${variableOf(name)}) must be ${(error as Error).message}; the value is "${text}"`,
        { cause: error },
      );
    }
  };
  return {
    kind: 'run',
    config: Object.freeze({
      kubeconfig: value('kubeconfig'),
      watchNamespaces: value('watch-namespaces'),
      watchLabelSelector: value('watch-label-selector'),
      secretAccess: value('secret-access'),
      forbidInsecureTls: value('forbid-insecure-tls'),
      proxyFor: proxyOf(env),
      leaderElect: value('leader-elect'),
      leaseNamespace: value('lease-namespace'),
      ...leaseTimes({
        leaseDuration: value('lease-duration'),
        renewDeadline: value('renew-deadline'),
        retryPeriod: value('retry-period'),
      }),
      concurrency: value('concurrency'),
      minCheckInterval: value('min-check-interval'),
      appWriteQps: value('app-write-qps'),
      allowedHosts: value('allowed-hosts'),
      allowLocalTargets: value('allow-local-targets'),
      metricsAddress: value('metrics-address'),
      healthAddress: value('health-address'),
      logLevel: value('log-level'),
      logFormat: value('log-format'),
    }),
  };
}

/** The text of `--help`. */
export function helpText(): string {
  const lines = Object.entries(flags).map(
    ([name, { default: fallback, help }]) =>
      `  --${name.padEnd(20)} ${help}${fallback === '' ? '' : ` (default ${fallback})`}`,
  );
  return [
    'qlik-operator [flags]',
    '',
    ...lines,
    '  --version              print the version',
    '  --help                 print this text',
    '',
  ].join('\n');
}

function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxyFor {
  try {
    return environmentProxy(env);
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

function parseFlags(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean' }, version: { type: 'boolean' } },
      strict: true,
    });
    return values;
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message}; --help lists the flags`, { cause });
  }
}

function variableOf(name: string): string {
  return `QLIK_OPERATOR_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** A leader that gave up later than others take over, or after a single attempt, would be no leader to rely on. */
function leaseTimes(times: LeaseTimes): LeaseTimes {
  const { leaseDuration, renewDeadline, retryPeriod } = times;
  const seconds = (ms: number) => `${ms / 1000}s`;
  if (renewDeadline >= leaseDuration) {
    throw new ConfigError(
      `--renew-deadline (${seconds(renewDeadline)}) must be shorter than --lease-duration (${seconds(leaseDuration)})`,
    );
  }
  if (2 * retryPeriod > renewDeadline) {
    throw new ConfigError(
      `--retry-period (${seconds(retryPeriod)}) must be at most half of --renew-deadline (${seconds(renewDeadline)})`,
    );
  }
  return times;
}

function flag<T>(fallback: string, help: string, parse: (text: string) => T): Flag<T> {
  return { default: fallback, help, parse };
}
