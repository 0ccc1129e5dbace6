import { CHECKS, type CheckName } from '../../api/conditions.ts';
import type { CheckOptions, CheckReport, Outcome, QlikConnection } from '../connector.ts';
import { failureOf } from '../failure.ts';
import { HttpSession } from '../transport/http.ts';
import {
  authentication,
  rootAdmin,
  userExists,
  virtualProxyFacts,
  virtualProxyReady,
  virtualProxyVersion,
} from './checks.ts';
import type { CheckContext } from './context.ts';
import { parseUser } from './headers.ts';
import { firstContact, reachability, type FirstContact } from './reachability.ts';
import { Repository, type QrsUser } from './repository.ts';
import { siteOf, type OnPremiseConnection } from './site.ts';

const RESPONSE_LIMIT = 30_000;
const PRODUCT = 'Qlik Sense Enterprise on Windows';

/** The check each check needs; one whose need is not met is not run. */
const NEEDS: Readonly<Record<CheckName, CheckName | undefined>> = {
  ServerReachable: undefined,
  Authenticated: 'ServerReachable',
  UserExists: 'Authenticated',
  RootAdmin: 'UserExists',
  VirtualProxyReady: 'UserExists',
};

/** What a run has found so far. */
interface Findings {
  contact?: FirstContact;
  version?: string;
  user?: QrsUser;
  virtualProxyVersion?: string;
}

type Step = (context: CheckContext, found: Findings) => Promise<Outcome>;

const STEPS: Readonly<Record<CheckName, Step>> = {
  ServerReachable: async (context, found) => {
    found.contact = await firstContact(context);
    return reachability(context, found.contact);
  },
  Authenticated: async (context, found) => {
    const { outcome, version } = authentication(context, found.contact!, new Date());
    found.version = version;
    return outcome;
  },
  UserExists: async (context, found) => {
    const { outcome, user } = await userExists(context);
    found.user = user;
    return outcome;
  },
  RootAdmin: (context, found) => rootAdmin(context, found.user!),
  VirtualProxyReady: async (context, found) => {
    const facts = await virtualProxyFacts(context);
    found.virtualProxyVersion = virtualProxyVersion(facts);
    return virtualProxyReady(context, facts);
  },
};

/** A connection to a Qlik Sense Enterprise on Windows site. */
export function onPremiseConnection(connection: OnPremiseConnection): QlikConnection {
  return { check: (options) => check(connection, options) };
}

async function check(connection: OnPremiseConnection, options: CheckOptions): Promise<CheckReport> {
  const site = siteOf(connection);
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout)]);
  const responseTimeout = Math.min(RESPONSE_LIMIT, options.timeout);
  await using session = new HttpSession(site.repository, signal, responseTimeout);
  const { spec } = connection;
  const context: CheckContext = {
    connection,
    spec,
    site,
    repository: new Repository(session),
    serviceAccount: { directory: spec.userDirectory, id: spec.serviceAccountUser },
    admin: parseUser(spec.repositoryService.adminUser),
    signal,
    responseTimeout,
    proveSignIn: options.proveSignIn,
  };
  return await runSteps(context);
}

async function runSteps(context: CheckContext): Promise<CheckReport> {
  const outcomes = new Map<CheckName, Outcome>();
  const found: Findings = {};
  for (const name of CHECKS) outcomes.set(name, await runStep(name, { context, found, outcomes }));
  const last = outcomes.get('VirtualProxyReady');
  return {
    outcomes,
    ...(found.version === undefined ? {} : { product: { name: PRODUCT, version: found.version } }),
    ...(found.virtualProxyVersion === undefined ? {} : { virtualProxyVersion: found.virtualProxyVersion }),
    signInProved: last?.kind === 'passed' && last.pass !== 'LinkedNotProven',
  };
}

interface Run {
  readonly context: CheckContext;
  readonly found: Findings;
  readonly outcomes: ReadonlyMap<CheckName, Outcome>;
}

async function runStep(name: CheckName, { context, found, outcomes }: Run): Promise<Outcome> {
  const blocker = blockerOf(name, outcomes);
  if (blocker !== undefined) return { kind: 'notRun', because: blocker };
  try {
    return await STEPS[name](context, found);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { kind: 'failed', failure };
  }
}

/** The first check before this one that did not pass. */
function blockerOf(name: CheckName, outcomes: ReadonlyMap<CheckName, Outcome>): CheckName | undefined {
  const need = NEEDS[name];
  if (need === undefined) return undefined;
  const outcome = outcomes.get(need);
  if (outcome?.kind === 'notRun') return outcome.because;
  return outcome?.kind === 'passed' ? undefined : need;
}
