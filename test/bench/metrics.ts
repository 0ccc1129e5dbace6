export const SCENARIOS = ['idle', 'boot', 'steady', 'restart', 'catalogue', 'gate'] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** The most that a figure may be. */
export interface Goal {
  /** `ratio`: operator by peer; `value`: the operator alone. */
  readonly of: 'ratio' | 'value';
  readonly atMost: number;
}

/** Something that is measured of each program. Less is better, unless the two must be equal for the rest to compare. */
export interface Metric {
  readonly scenario: Scenario;
  readonly name: string;
  readonly unit: string;
  readonly goal?: Goal;
  /** What stands in the place of the peer, where that is something else. */
  readonly beside?: string;
}

export const METRICS = {
  idleRss: { scenario: 'idle', name: 'resident memory', unit: 'MiB' },
  idleCpu: { scenario: 'idle', name: 'CPU per minute', unit: 'ms' },
  idleApi: { scenario: 'idle', name: 'API requests per minute', unit: '' },
  idleReconciles: { scenario: 'idle', name: 'reconciles per minute', unit: '' },
  bootCpu: { scenario: 'boot', name: 'CPU per new server', unit: 'ms', goal: { of: 'ratio', atMost: 1.1 } },
  bootChecks: { scenario: 'boot', name: 'checks per new server', unit: '' },
  bootCheckCpu: { scenario: 'boot', name: 'CPU per check', unit: 'ms' },
  bootReconcileCpu: { scenario: 'boot', name: 'CPU per reconcile', unit: 'ms' },
  bootReconciles: { scenario: 'boot', name: 'reconciles per new server', unit: '' },
  bootInFlight: { scenario: 'boot', name: 'checks in flight on average', unit: '' },
  bootApi: { scenario: 'boot', name: 'API requests per new server', unit: '' },
  bootTime: { scenario: 'boot', name: 'time until all are judged', unit: 's' },
  steadyCpu: { scenario: 'steady', name: 'CPU per check', unit: 'ms', goal: { of: 'ratio', atMost: 1.2 } },
  steadyUser: { scenario: 'steady', name: 'of it in user space', unit: 'ms' },
  steadySystem: { scenario: 'steady', name: 'of it in the kernel', unit: 'ms' },
  steadyReconcileCpu: { scenario: 'steady', name: 'CPU per reconcile', unit: 'ms' },
  steadyReconciles: { scenario: 'steady', name: 'reconciles per check', unit: '' },
  steadyInFlight: { scenario: 'steady', name: 'checks in flight on average', unit: '' },
  steadyRequests: { scenario: 'steady', name: 'requests to Qlik per check', unit: '' },
  steadyHandshakes: { scenario: 'steady', name: 'handshakes with Qlik per check', unit: '' },
  steadyApi: { scenario: 'steady', name: 'API requests per minute', unit: '' },
  steadyRss: { scenario: 'steady', name: 'resident memory', unit: 'MiB', goal: { of: 'value', atMost: 100 } },
  steadyAnonymous: { scenario: 'steady', name: 'of it anonymous', unit: 'MiB' },
  steadyPeak: { scenario: 'steady', name: 'highest resident memory so far', unit: 'MiB' },
  steadyServer: { scenario: 'steady', name: 'resident memory per server', unit: 'KiB' },
  restartRate: {
    scenario: 'restart',
    name: 'requests to Qlik by those of steady',
    unit: '×',
    goal: { of: 'value', atMost: 1.2 },
  },
  restartCpu: { scenario: 'restart', name: 'CPU of start and first interval', unit: 'ms' },
  restartStart: { scenario: 'restart', name: 'of it until ready', unit: 'ms' },
  restartReconcileCpu: { scenario: 'restart', name: 'CPU per reconcile', unit: 'ms' },
  restartReconciles: { scenario: 'restart', name: 'reconciles of the same time', unit: '' },
  restartApi: { scenario: 'restart', name: 'API requests of the same time', unit: '' },
  catalogueFirst: {
    scenario: 'catalogue',
    name: 'time of the first sync',
    unit: 's',
    beside: 'bare loop',
    goal: { of: 'ratio', atMost: 1.2 },
  },
  catalogueFirstCpu: {
    scenario: 'catalogue',
    name: 'CPU per new app',
    unit: 'ms',
    beside: 'bare loop',
  },
  catalogueIdleWrites: {
    scenario: 'catalogue',
    name: 'writes of an idle sync',
    unit: '',
    goal: { of: 'value', atMost: 0 },
  },
  catalogueIdleCpu: {
    scenario: 'catalogue',
    name: 'CPU of an idle sync',
    unit: 's',
    goal: { of: 'value', atMost: 3 },
  },
  catalogueIdleTime: { scenario: 'catalogue', name: 'time of an idle sync', unit: 's' },
  catalogueChurnWrites: {
    scenario: 'catalogue',
    name: 'writes per changed app',
    unit: '',
    goal: { of: 'value', atMost: 1 },
  },
  catalogueChurnCpu: { scenario: 'catalogue', name: 'CPU of a sync with 1 % changed', unit: 's' },
  catalogueRss: {
    scenario: 'catalogue',
    name: 'resident memory beyond that without apps',
    unit: 'MiB',
    goal: { of: 'value', atMost: 40 },
  },
  cataloguePeak: { scenario: 'catalogue', name: 'highest resident memory beyond it', unit: 'MiB' },
  gateAdmission: {
    scenario: 'gate',
    name: 'time per admission, of many servers',
    unit: 'ms',
    beside: 'bare gate',
    goal: { of: 'ratio', atMost: 1.5 },
  },
  gateLatency: {
    scenario: 'gate',
    name: 'from one that ends to the next, of one server',
    unit: 'ms',
    beside: 'bare gate',
    goal: { of: 'ratio', atMost: 1.5 },
  },
  gateSlowLatency: { scenario: 'gate', name: 'of 95 % at most', unit: 'ms', beside: 'bare gate' },
  gateCpu: { scenario: 'gate', name: 'CPU per admission', unit: 'ms', beside: 'bare gate' },
  gateWrites: {
    scenario: 'gate',
    name: 'writes per admission',
    unit: '',
    goal: { of: 'value', atMost: 3 },
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricId = keyof typeof METRICS;

/** What one life of a program has yielded. */
export type Figures = Readonly<Partial<Record<MetricId, number>>>;

export function metricIds(scenarios: ReadonlySet<Scenario>): MetricId[] {
  const ids = Object.keys(METRICS) as MetricId[];
  return ids.filter((id) => scenarios.has(METRICS[id].scenario));
}
