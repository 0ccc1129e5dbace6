import { SCENARIOS, type Scenario } from './metrics.ts';

/** How much is measured, and how. All times are in seconds. */
export interface Settings {
  /** How often operator, peer, peer, operator are measured; a smoke test has its own mind. */
  readonly runs: number;
  readonly scenarios: ReadonlySet<Scenario>;
  readonly servers: number;
  /** Published apps of the one site of `catalogue`. */
  readonly apps: number;
  /** Jobs that wait for the servers of `gate`. */
  readonly jobs: number;
  readonly namespaces: number;
  /** `checks.interval` of each server. */
  readonly interval: number;
  /** Checks in flight, at most. */
  readonly concurrency: number;
  /** How long the site takes for each answer, in milliseconds. */
  readonly latency: number;
  /** Before anything is measured of a program that was just started, and between boot and steady. */
  readonly settle: number;
  readonly idle: number;
  readonly steady: number;
  /** Flags of the operator's Node that the image does not have: no figures to compare. */
  readonly nodeFlags: readonly string[];
}

/** Checks that begin outside their rhythm, per second: what both programs allow themselves. */
const STARTS_PER_SECOND = 10;
/** Servers are deleted one namespace after the other. */
const DELETED_PER_SECOND = 100;
/** Objects, by all that the API server does on one core. */
const CREATED_PER_SECOND = 600;
/** To start the control plane with the data that it had. */
const RESTORE = 10;
/** To start a process and end it. */
const CHANGE_OF_PROCESS = 3;

/** Without a peer, and so no part of the lives that are compared. */
const ALONE: ReadonlySet<Scenario> = new Set(['catalogue', 'gate']);

const USUAL = {
  scenarios: SCENARIOS as readonly Scenario[],
  servers: 1000,
  apps: 20_000,
  jobs: 1000,
  interval: 60,
  concurrency: 50,
  settle: 5,
  idle: 20,
  steady: 60,
};

/**
 * Small enough for every change: no figures to publish, but a regression shows. What `idle` needs is time, and
 * `catalogue` and `gate` have no peer.
 */
const SMOKE: typeof USUAL = {
  ...USUAL,
  scenarios: SCENARIOS.filter((name) => name !== 'idle' && !ALONE.has(name)),
  servers: 50,
  interval: 5,
  settle: 1,
  steady: 10,
};

/** To see where time goes, in a few minutes. */
const PROFILE: typeof USUAL = {
  ...USUAL,
  scenarios: ['boot', 'steady'],
  servers: 300,
  interval: 30,
};

const SCALES = { usual: USUAL, smoke: SMOKE, profile: PROFILE };

/** Reads the environment: SCENARIO and BENCH_RUNS, _CONCURRENCY, _SERVERS, _INTERVAL, _LATENCY, _STEADY, _APPS, _JOBS. */
export function settingsOf(
  env: Readonly<Record<string, string | undefined>>,
  scale: keyof typeof SCALES = 'usual',
): Settings {
  const usual = SCALES[scale];
  const number = (name: string, fallback: number, min = 1) => wholeNumber(name, env[name], { fallback, min });
  const interval = number('BENCH_INTERVAL', usual.interval);
  return {
    runs: number('BENCH_RUNS', 1),
    scenarios: scenariosIn(env['SCENARIO'], usual.scenarios),
    servers: number('BENCH_SERVERS', usual.servers),
    apps: number('BENCH_APPS', usual.apps),
    jobs: number('BENCH_JOBS', usual.jobs),
    namespaces: 20,
    interval,
    concurrency: number('BENCH_CONCURRENCY', usual.concurrency),
    latency: number('BENCH_LATENCY', 0, 0),
    settle: usual.settle,
    idle: usual.idle,
    steady: number('BENCH_STEADY', usual.steady),
    nodeFlags: [],
  };
}

/** About how long it takes to measure all this once: operator, peer, peer, operator, and what has no peer. */
export function runSeconds(settings: Settings): number {
  const { scenarios } = settings;
  const lives = needsLives(scenarios) ? 4 * lifeSeconds(settings) : 0;
  const catalogue = scenarios.has('catalogue') ? catalogueSeconds(settings) : 0;
  return lives + catalogue + (scenarios.has('gate') ? gateSeconds(settings) : 0);
}

/** About how long one life of a program takes. */
export function lifeSeconds(settings: Settings): number {
  const { scenarios, servers, interval, settle, idle, steady } = settings;
  const boot = servers / STARTS_PER_SECOND + servers / DELETED_PER_SECOND;
  return (
    CHANGE_OF_PROCESS +
    settle +
    (scenarios.has('idle') ? idle : 0) +
    (needsServers(scenarios) ? boot : 0) +
    (needsSteady(scenarios) ? settle + steady : 0) +
    (scenarios.has('restart') ? CHANGE_OF_PROCESS + interval : 0)
  );
}

function catalogueSeconds({ apps, settle }: Settings): number {
  return (4 * apps) / CREATED_PER_SECOND + 7 * settle + 5 * RESTORE;
}

/** Each Job is created, shown as queued, admitted and ended, twice; a new ledger takes 10 s. */
function gateSeconds({ jobs }: Settings): number {
  return (2 * 5 * jobs) / CREATED_PER_SECOND + RESTORE + 10;
}

/** Whether anything is measured that is a part of the lives of operator and peer. */
export function needsLives(scenarios: ReadonlySet<Scenario>): boolean {
  return [...scenarios].some((scenario) => !ALONE.has(scenario));
}

/** Of the lives, everything but `idle` begins with the servers' first checks. */
export function needsServers(scenarios: ReadonlySet<Scenario>): boolean {
  return scenarios.has('boot') || needsSteady(scenarios);
}

/** What a restart asks of the sites is compared with what they are asked otherwise. */
export function needsSteady(scenarios: ReadonlySet<Scenario>): boolean {
  return scenarios.has('steady') || scenarios.has('restart');
}

function wholeNumber(
  name: string,
  text: string | undefined,
  { fallback, min }: { fallback: number; min: number },
): number {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min)
    throw new Error(`${name} must be a whole number from ${min}; the value is "${text}"`);
  return value;
}

function scenariosIn(text = '', fallback: readonly Scenario[]): ReadonlySet<Scenario> {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isScenario = (name: string): name is Scenario => (SCENARIOS as readonly string[]).includes(name);
  const unknown = names.find((name) => !isScenario(name));
  if (unknown !== undefined)
    throw new Error(
      `SCENARIO must name some of ${SCENARIOS.join(', ')}, separated by commas; it has "${unknown}"`,
    );
  return new Set(names.length === 0 ? fallback : names.filter(isScenario));
}
