import { expect } from 'vitest';
import {
  CHECKS_OF,
  type CheckName,
  type ConditionType,
  type ServerType,
} from '../../../src/api/conditions.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import type { Reason } from '../../../src/api/reasons.ts';
import { until } from '../../controlplane/until.ts';
import type { Faults as CloudFaults } from '../../simulators/cloud/faults.ts';
import type { Faults as SiteFaults } from '../../simulators/onpremise/faults.ts';
import type { Lab } from './lab.ts';
import { CloudWorld } from './cloud-world.ts';
import { conditionOf, shortly } from './conditions.ts';
import { type Wishes, World } from './world.ts';

/**
 * When the operator looks again. `retryInterval`: soon, as waiting may mend it. `interval`: a human is needed, yet it is
 * never left alone. `quarterHour`: not sooner, as the tenant locks out who knocks too often. `change`: when its objects
 * change, as nothing can be asked before. `arrival`: likewise, but what is missing is taken to be on its way.
 */
export type Next = 'retryInterval' | 'interval' | 'quarterHour' | 'change' | 'arrival';

/** What the first verdict on a server that was never connected must be. */
export interface Verdict {
  /** The first condition that is not True; none: all are. */
  readonly at?: ConditionType;
  readonly reason?: Reason;
  /** What its message must have; BROWSER, REPOSITORY, PROXY and TENANT stand for localhost and the port. */
  readonly says?: RegExp;
  /** Conditions that are other than usual: what needs a failed check is Unknown/NotRun, all else passes. */
  readonly others?: Readonly<Partial<Record<ConditionType, string>>>;
  /** @default interval */
  readonly next?: Next;
}

/** Makes Secret and trust and says how the spec differs. Further servers go on the stack. */
export type Prepare<Subject> = (subject: Subject, stack: AsyncDisposableStack) => Promise<Wishes>;

/** A way for things to go wrong, and what is said of it. */
export interface Scenario<Subject, Faults> {
  /** Begins with its row in the table of facts. */
  readonly name: string;
  readonly faults?: Partial<Faults>;
  readonly prepare?: Prepare<Subject>;
  readonly verdict: Verdict;
  /** What else must hold when the verdict is there. */
  readonly also?: (subject: Subject) => void;
}

export type SiteScenario = Scenario<World, SiteFaults>;
export type CloudScenario = Scenario<CloudWorld, CloudFaults>;

/**
 * The other of both intervals is so long that a second check can only come from the one that is expected: so each is
 * seen by something that happens, and nobody waits for something that must not.
 */
const RHYTHM: Readonly<Record<Next, Wishes>> = {
  retryInterval: { interval: '1h', retryInterval: '1s' },
  interval: { interval: '1s', retryInterval: '1h' },
  quarterHour: { interval: '1s', retryInterval: '1s' },
  change: { interval: '1s', retryInterval: '1s' },
  arrival: { interval: '1s', retryInterval: '1s' },
};

const STALLED: Readonly<Record<Next, boolean>> = {
  retryInterval: false,
  interval: true,
  quarterHour: true,
  change: true,
  arrival: false,
};

/** What no check has a part in: nothing is synced and nobody runs. */
const ASIDE: Readonly<Partial<Record<ConditionType, string>>> = {
  AppsSynced: 'Unknown/AppSyncDisabled',
  ExecutionsWithinLimit: 'True/WithinLimit',
};

/** What each condition but the summaries says of a server without faults. */
const PASSES: Readonly<Record<ServerType, Readonly<Partial<Record<ConditionType, string>>>>> = {
  OnPremise: {
    Configured: 'True/ConfigurationValid',
    ServerReachable: 'True/Reachable',
    Authenticated: 'True/CertificateAccepted',
    UserExists: 'True/UserFound',
    RootAdmin: 'True/RoleAssigned',
    VirtualProxyReady: 'True/SignInProven',
    CertificateValid: 'True/CertificateValid',
    ...ASIDE,
  },
  Cloud: {
    Configured: 'True/ConfigurationValid',
    ServerReachable: 'True/Reachable',
    Authenticated: 'True/TokenGranted',
    ...ASIDE,
  },
};

const CONNECTED = { Connected: 'True/ChecksPassed', Ready: 'True/ChecksPassed' };

/** What all conditions say of a server without faults. */
export const HEALTHY: typeof PASSES = {
  OnPremise: { ...PASSES.OnPremise, ...CONNECTED },
  Cloud: { ...PASSES.Cloud, ...CONNECTED },
};

/** What is not judged where a condition is not True. */
const NEED_IT: Readonly<Partial<Record<ConditionType, readonly ConditionType[]>>> = {
  Configured: [
    'ServerReachable',
    'Authenticated',
    'UserExists',
    'RootAdmin',
    'VirtualProxyReady',
    'CertificateValid',
  ],
  ServerReachable: ['Authenticated', 'UserExists', 'RootAdmin', 'VirtualProxyReady'],
  Authenticated: ['UserExists', 'RootAdmin', 'VirtualProxyReady'],
  UserExists: ['RootAdmin', 'VirtualProxyReady'],
};

const QUARTER_HOUR = 900_000;

export async function proveSite(
  lab: Lab,
  { faults = {}, prepare, verdict, also }: SiteScenario,
): Promise<Conditions> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await World.create(lab, { faults }));
  const usual = async (): Promise<Wishes> => {
    await world.createSecret();
    await world.createTrust();
    return {};
  };
  const wishes = await (prepare ?? usual)(world, stack);
  await world.createServer({ ...wishes, checks: { ...RHYTHM[nextOf(verdict)], ...wishes.checks } });
  const { browserPort, repositoryPort, proxyPort } = world.site;
  const addresses = { BROWSER: browserPort, REPOSITORY: repositoryPort, PROXY: proxyPort };
  const conditions = await prove({ lab, world, type: 'OnPremise', verdict, addresses });
  also?.(world);
  // Nothing can be asked without what the configuration lacks.
  if (verdict.at === 'Configured') expect(world.site.counters.connections.repository).toBe(0);
  return conditions;
}

export async function proveCloud(
  lab: Lab,
  { faults = {}, prepare, verdict, also }: CloudScenario,
): Promise<Conditions> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await CloudWorld.create(lab, { faults }));
  const wishes = (await prepare?.(world, stack)) ?? {};
  await world.createServer({ ...wishes, checks: { ...RHYTHM[nextOf(verdict)], ...wishes.checks } });
  const addresses = { TENANT: world.tenant.port };
  const conditions = await prove({ lab, world, type: 'Cloud', verdict, addresses });
  also?.(world);
  return conditions;
}

/** `True/ChecksPassed` by type of condition. */
export interface Conditions {
  readonly seen: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, string>>;
}

interface Run {
  readonly lab: Lab;
  readonly world: World | CloudWorld;
  readonly type: ServerType;
  readonly verdict: Verdict;
  readonly addresses: Readonly<Record<string, number>>;
}

async function prove({ lab, world, type, verdict, addresses }: Run): Promise<Conditions> {
  const { reason } = verdict;
  const [status, summary] = reason === undefined ? ['True', 'ChecksPassed'] : ['False', reason];
  const server = await world.seeReady(status, summary);
  const checks: readonly CheckName[] = CHECKS_OF[type];
  const passed = checks.filter((check) => conditionOf(server, check)?.status === 'True').length;
  expect(await world.columns()).toMatchObject({
    READY: status,
    REASON: summary,
    CHECKS: `${passed}/${checks.length}`,
  });
  proveMessage(server, verdict, addresses);
  await proveNext(lab, server, nextOf(verdict));
  await world.seeEvents(eventsOf(verdict));
  // Whatever was found again was said in the same words, or there would be another version.
  expect((await world.read()).metadata.resourceVersion).toBe(server.metadata.resourceVersion);
  return { seen: shortly(server), expected: conditionsOf(type, verdict) };
}

function proveMessage(server: QlikServer, { at, says = /./u }: Verdict, addresses: Run['addresses']): void {
  const message = conditionOf(server, at ?? 'Ready')?.message ?? '';
  expect(message).toMatch(addressed(says, addresses));
  if (at === undefined) return;
  expect(conditionOf(server, 'Ready')?.message).toBe(`${at}: ${message}`);
  // Where nothing was asked, there is no host, port and phase to be named.
  if (at !== 'Configured') expect(message).toMatch(/^[^ ]+:\d+ \((?:dns|tcp|tls|http|api)\): .+; .+/u);
}

/** Nothing was lost, as nothing was ever there. */
function eventsOf({ reason, ...verdict }: Verdict): readonly string[] {
  if (reason === undefined) return ['Normal Connected'];
  return STALLED[nextOf(verdict)] ? ['Warning NeedsAttention'] : [];
}

async function proveNext(lab: Lab, { metadata, status }: QlikServer, next: Next): Promise<void> {
  if (next === 'quarterHour') {
    const at = Date.parse(status?.credential?.nextAttemptTime ?? '');
    const wait = at - Date.parse(status?.checks?.lastTime ?? '');
    expect(wait).toBeGreaterThanOrEqual(QUARTER_HOUR - 1000);
    expect(wait).toBeLessThan(QUARTER_HOUR + 30_000);
  } else if (next === 'retryInterval' || next === 'interval') {
    const patience = { deadlineMs: 30_000, everyMs: 200 };
    await until(`a second check after ${next}`, () => lab.operator.checksOf(metadata) >= 2, patience);
  }
}

function conditionsOf(type: ServerType, { at, reason, others, ...verdict }: Verdict): Record<string, string> {
  const usual = PASSES[type];
  if (at === undefined || reason === undefined) return { ...usual, ...others, ...CONNECTED };
  const notRun = (NEED_IT[at] ?? []).filter((each) => each in usual);
  return {
    ...usual,
    ...Object.fromEntries(notRun.map((each) => [each, 'Unknown/NotRun'])),
    [at]: `False/${reason}`,
    ...others,
    Connected: `False/${reason}`,
    Ready: `False/${reason}`,
    ...(STALLED[nextOf(verdict)] ? { Stalled: `True/${reason}` } : { Reconciling: 'True/Progressing' }),
  };
}

function nextOf({ next = 'interval' }: Verdict): Next {
  return next;
}

function addressed({ source, flags }: RegExp, addresses: Readonly<Record<string, number>>): RegExp {
  const text = Object.entries(addresses).reduce(
    (all, [name, port]) => all.replaceAll(name, `localhost:${port}`),
    source,
  );
  return new RegExp(text, flags);
}
