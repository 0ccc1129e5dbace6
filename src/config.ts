import { parseArgs } from 'node:util';
import { parseDuration } from './api/duration.ts';
import type { TargetRules } from './qlik/transport/target-policy.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './telemetry/log.ts';
import type { ListenAddress } from './telemetry/http.ts';

/** The settings of the operator, read once at the start. */
export interface Config extends TargetRules {
  readonly kubeconfig: string | undefined;
  /** Checks in flight. */
  readonly concurrency: number;
  /** Milliseconds below which no check interval goes. */
  readonly minCheckInterval: number;
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
  concurrency: flag('32', 'checks in flight, 1 to 1000', wholeNumber(1, 1000)),
  'min-check-interval': flag(
    '10s',
    'no check interval is shorter than this, 1s to 24h',
    durationBetween('1s', '24h'),
  ),
  'allowed-hosts': flag(
    '',
    'hosts that QlikServers may name, separated by commas, such as qlik.corp.example,*.qlikcloud.com; default: any',
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
      concurrency: value('concurrency'),
      minCheckInterval: value('min-check-interval'),
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

function flag<T>(fallback: string, help: string, parse: (text: string) => T): Flag<T> {
  return { default: fallback, help, parse };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[0-9]+$/u.test(text) || number < min || number > max)
      throw new Error(`a whole number from ${min} to ${max}`);
    return number;
  };
}

function durationBetween(min: string, max: string): (text: string) => number {
  return (text) => {
    const value = parseDuration(text);
    if (value === undefined || value < (parseDuration(min) ?? 0) || value > (parseDuration(max) ?? 0)) {
      throw new Error(`a duration such as 90s or 1h30m, from ${min} to ${max}`);
    }
    return value;
  };
}

function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new Error(`one of ${values.join(', ')}`);
    return found;
  };
}

function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error('true or false');
  return text === 'true';
}

function hostPatterns(text: string): readonly string[] {
  const patterns = text
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
  if (patterns.every((pattern) => /^(\*\.)?[A-Za-z0-9.:-]+$/u.test(pattern))) return patterns;
  throw new Error('host names separated by commas, each of which may begin with "*."');
}

function listenAddress(text: string): ListenAddress {
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]\s]*):([0-9]{1,5})$/u.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new Error('an address like :8080 or 127.0.0.1:8080');
  return {
    host: host === '' || host === undefined ? undefined : host.replace(/^\[(.*)\]$/u, '$1'),
    port: Number(port),
  };
}
