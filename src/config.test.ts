import { describe, expect, test } from 'vitest';
import { ConfigError, helpText, parseCommand, type Config } from './config.ts';

function configOf(args: readonly string[], env: Record<string, string> = {}): Config {
  const command = parseCommand(args, env);
  if (command.kind !== 'run') throw new Error(`the command is ${command.kind}`);
  return command.config;
}

/** Each flag with two values and what they mean, and values that break its rule. */
const FLAGS: {
  readonly flag: string;
  readonly property: keyof Config;
  readonly fallback: unknown;
  readonly good: readonly [text: string, value: unknown][];
  readonly bad: readonly string[];
  readonly rule: string;
}[] = [
  {
    flag: 'kubeconfig',
    property: 'kubeconfig',
    fallback: undefined,
    good: [
      ['/a/config', '/a/config'],
      ['b', 'b'],
      ['', undefined],
    ],
    bad: [],
    rule: '',
  },
  {
    flag: 'watch-namespaces',
    property: 'watchNamespaces',
    fallback: [],
    good: [
      ['a', ['a']],
      [' a, b-2 ,a', ['a', 'b-2']],
    ],
    bad: ['A', 'a b', '-a', 'a/b', '*', 'a'.repeat(64)],
    rule: 'names of namespaces separated by commas',
  },
  {
    flag: 'watch-label-selector',
    property: 'watchLabelSelector',
    fallback: '',
    good: [
      ['team=finance', 'team=finance'],
      ['a.b/c in (x, y),!d, e notin (z), f!=g,h==i,j', 'a.b/c in (x, y),!d, e notin (z), f!=g,h==i,j'],
      ['team=', 'team='],
    ],
    bad: [',', 'a=b,', 'a in x', 'a=b c', '=b', 'a&b=c'],
    rule: 'a label selector such as team=finance,tier in (a,b)',
  },
  {
    flag: 'secret-access',
    property: 'secretAccess',
    fallback: 'namespace',
    good: [
      ['namespace', 'namespace'],
      ['named', 'named'],
    ],
    bad: ['', 'all', 'Named'],
    rule: 'one of namespace, named',
  },
  ...(
    [
      ['forbid-insecure-tls', 'forbidInsecureTls', false],
      ['leader-elect', 'leaderElect', true],
    ] as const
  ).map(([flag, property, fallback]) => ({
    flag,
    property,
    fallback,
    good: [
      ['true', true],
      ['false', false],
    ] satisfies [string, unknown][],
    bad: ['', 'yes', 'True', '1'],
    rule: 'true or false',
  })),
  {
    flag: 'lease-namespace',
    property: 'leaseNamespace',
    fallback: undefined,
    good: [
      ['qlik-system', 'qlik-system'],
      ['', undefined],
    ],
    bad: ['Qlik', 'a,b', 'a/b'],
    rule: 'the name of a namespace',
  },
  {
    flag: 'lease-duration',
    property: 'leaseDuration',
    fallback: 15_000,
    good: [
      ['11s', 11_000],
      ['10m', 600_000],
    ],
    bad: ['10500ms', '12s1ms'],
    rule: 'a duration in whole seconds, from 2s to 10m',
  },
  {
    flag: 'renew-deadline',
    property: 'renewDeadline',
    fallback: 10_000,
    good: [
      ['4s', 4_000],
      ['14s999ms', 14_999],
    ],
    bad: ['', '999ms', '11m'],
    rule: 'a duration such as 90s or 1h30m, from 1s to 10m',
  },
  {
    flag: 'retry-period',
    property: 'retryPeriod',
    fallback: 2_000,
    good: [
      ['100ms', 100],
      ['5s', 5_000],
    ],
    bad: ['', '99ms', '61s'],
    rule: 'a duration such as 90s or 1h30m, from 100ms to 1m',
  },
  {
    flag: 'concurrency',
    property: 'concurrency',
    fallback: 32,
    good: [
      ['1', 1],
      ['1000', 1000],
    ],
    bad: ['', '0', '1001', '1.5', '1e2', '0x10', ' 5', 'many', '99999999999999999999'],
    rule: 'a whole number from 1 to 1000',
  },
  {
    flag: 'app-write-qps',
    property: 'appWriteQps',
    fallback: 50,
    good: [
      ['1', 1],
      ['10000', 10_000],
    ],
    bad: ['', '0', '10001', '1.5', '-1', 'many'],
    rule: 'a whole number from 1 to 10000',
  },
  {
    flag: 'min-check-interval',
    property: 'minCheckInterval',
    fallback: 10_000,
    good: [
      ['1s', 1_000],
      ['24h', 86_400_000],
      ['1m30s', 90_000],
    ],
    bad: ['', '10', '999ms', '24h1s', '-5s', '1d'],
    rule: 'a duration such as 90s or 1h30m, from 1s to 24h',
  },
  ...(
    [
      ['metrics-address', 'metricsAddress', 8080],
      ['health-address', 'healthAddress', 8081],
    ] as const
  ).map(([flag, property, port]) => ({
    flag,
    property,
    fallback: { host: undefined, port },
    good: [
      [':0', { host: undefined, port: 0 }],
      ['127.0.0.1:65535', { host: '127.0.0.1', port: 65_535 }],
      ['localhost:9', { host: 'localhost', port: 9 }],
      ['[::1]:9', { host: '::1', port: 9 }],
    ] as [string, unknown][],
    bad: ['', '8080', ':', ':65536', ':x', '::1:80', '[zz]:80', ':80 '],
    rule: 'an address like :8080 or 127.0.0.1:8080',
  })),
  {
    flag: 'allowed-hosts',
    property: 'allowedHosts',
    fallback: [],
    good: [
      ['qlik.corp.example', ['qlik.corp.example']],
      ['qlik.corp.example, *.qlikcloud.com,', ['qlik.corp.example', '*.qlikcloud.com']],
    ],
    bad: ['https://qlik', 'qlik/kpi', '*', '**.a', 'a b'],
    rule: 'host names separated by commas, each of which may begin with "*."',
  },
  {
    flag: 'allow-local-targets',
    property: 'allowLocalTargets',
    fallback: false,
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['', 'yes', 'TRUE', '1'],
    rule: 'true or false',
  },
  {
    flag: 'log-level',
    property: 'logLevel',
    fallback: 'info',
    good: [
      ['trace', 'trace'],
      ['error', 'error'],
    ],
    bad: ['', 'INFO', 'verbose', 'toString'],
    rule: 'one of trace, debug, info, warn, error',
  },
  {
    flag: 'log-format',
    property: 'logFormat',
    fallback: 'json',
    good: [
      ['text', 'text'],
      ['json', 'json'],
    ],
    bad: ['', 'yaml'],
    rule: 'one of json, text',
  },
];

describe.each(FLAGS)('--$flag', ({ flag, property, fallback, good, bad, rule }) => {
  const variable = `QLIK_OPERATOR_${flag.replaceAll('-', '_').toUpperCase()}`;
  const [[text, value], [other]] = good as [[string, unknown], [string, unknown]];

  test('has a default', () => {
    expect(configOf([])[property]).toEqual(fallback);
  });

  test.each(good)('takes "%s", as a flag and as a variable', (text, value) => {
    expect(configOf([`--${flag}=${text}`])[property]).toEqual(value);
    expect(configOf([], { [variable]: text })[property]).toEqual(value);
  });

  test('beats the variable', () => {
    expect(configOf([`--${flag}`, text], { [variable]: other })[property]).toEqual(value);
  });

  test.runIf(bad.length > 0).each(bad)('refuses "%s", naming flag, rule and value', (text) => {
    const message = `--${flag} (or ${variable}) must be ${rule}; the value is "${text}"`;
    expect(() => configOf([`--${flag}=${text}`])).toThrow(new ConfigError(message));
    expect(() => configOf([], { [variable]: text })).toThrow(new ConfigError(message));
  });
});

test('every property of the configuration is a flag that is tested here', () => {
  const { proxyFor: _ofOtherVariables, ...ofFlags } = configOf([]);
  expect(FLAGS.map(({ property }) => property).sort()).toEqual(Object.keys(ofFlags).sort());
  expect(Object.isFrozen(configOf([]))).toBe(true);
});

test.each([['--no-such-flag'], ['--concurrency'], ['--help=yes'], ['argument'], ['-x']])(
  'refuses %s and says where the flags are listed',
  (argument) => {
    expect(() => parseCommand([argument], {})).toThrow(ConfigError);
    expect(() => parseCommand([argument], {})).toThrow(/; --help lists the flags$/u);
  },
);

test('an unknown flag is named', () => {
  expect(() => parseCommand(['--no-such-flag=1'], {})).toThrow("'--no-such-flag'");
});

test('variables of a Service with the same name as the operator are no settings', () => {
  const env = { QLIK_OPERATOR_SERVICE_HOST: '10.0.0.1', QLIK_OPERATOR_PORT: 'tcp://10.0.0.1:8080' };
  expect(configOf([], env)).toEqual(configOf([]));
});

test('help and version are given whatever else is wrong with the values', () => {
  expect(parseCommand(['--concurrency=0', '--help'], {})).toEqual({ kind: 'help' });
  expect(parseCommand(['--version'], { QLIK_OPERATOR_CONCURRENCY: '0' })).toEqual({ kind: 'version' });
  for (const { flag } of FLAGS) expect(helpText()).toContain(`--${flag} `);
});

test.each([
  [['--renew-deadline=15s'], '--renew-deadline (15s) must be shorter than --lease-duration (15s)'],
  [
    ['--lease-duration=3s', '--renew-deadline=2s'],
    '--retry-period (2s) must be at most half of --renew-deadline (2s)',
  ],
])('durations of the lease that do not fit together are refused: %j', (args, message) => {
  expect(() => configOf(args)).toThrow(new ConfigError(message));
});

test('proxies come from HTTPS_PROXY and NO_PROXY; a value that cannot be used stops the start', () => {
  const { proxyFor } = configOf([], { HTTPS_PROXY: 'http://proxy.corp:3128', NO_PROXY: '.internal' });
  expect(proxyFor('qlik.corp', 443)).toMatchObject({ host: 'proxy.corp', port: 3128 });
  expect(proxyFor('qlik.internal', 443)).toBeUndefined();
  expect(() => configOf([], { HTTPS_PROXY: 'socks5://a' })).toThrow(ConfigError);
});
