import { Cancellation } from '../../time/cancellation.ts';
import type { ListingOptions } from '../app-listing.ts';
import type { CheckOptions, CheckReport, QlikConnection } from '../connector.ts';
import { runSteps, type CheckStep } from '../steps.ts';
import { HttpSession } from '../transport/http.ts';
import {
  authentication,
  rootAdmin,
  userExists,
  virtualProxyFacts,
  virtualProxyReady,
  virtualProxyVersion,
} from './checks.ts';
import { appsHint, listApps } from './apps.ts';
import type { AccountsContext, CheckContext } from './context.ts';
import { parseUser } from './headers.ts';
import { firstContact, reachability, type FirstContact } from './reachability.ts';
import { Repository, type QrsUser } from './repository.ts';
import { siteOf, type OnPremiseConnection } from './site.ts';

const RESPONSE_LIMIT = 30_000;
const PRODUCT = 'Qlik Sense Enterprise on Windows';

/** A connection to a Qlik Sense Enterprise on Windows site. */
export function onPremiseConnection(connection: OnPremiseConnection): QlikConnection {
  return {
    check: (options) => check(connection, options),
    listApps: (options, onPage) =>
      withAccounts(connection, options, (accounts) => listApps(accounts, onPage)),
    appsHint: (options) => withAccounts(connection, options, appsHint),
  };
}

/** The repository for the length of some work, over a connection of its own. */
async function withAccounts<T>(
  connection: OnPremiseConnection,
  { signal, timeout }: ListingOptions,
  work: (accounts: AccountsContext) => Promise<T>,
): Promise<T> {
  await using session = new HttpSession(
    siteOf(connection).repository,
    signal,
    Math.min(RESPONSE_LIMIT, timeout),
  );
  return await work(accountsOf(connection, session));
}

function accountsOf({ spec }: OnPremiseConnection, session: HttpSession): AccountsContext {
  return {
    repository: new Repository(session),
    serviceAccount: { directory: spec.userDirectory, id: spec.serviceAccountUser },
    admin: parseUser(spec.repositoryService.adminUser),
  };
}

async function check(connection: OnPremiseConnection, options: CheckOptions): Promise<CheckReport> {
  const site = siteOf(connection);
  using limit = Cancellation.after(options.timeout, options.signal);
  const { signal } = limit;
  const responseTimeout = Math.min(RESPONSE_LIMIT, options.timeout);
  await using session = new HttpSession(site.repository, signal, responseTimeout);
  const { spec } = connection;
  const found: Findings = {};
  const steps = stepsOf(
    {
      connection,
      spec,
      site,
      ...accountsOf(connection, session),
      signal,
      responseTimeout,
      proveSignIn: options.proveSignIn,
    },
    found,
  );
  const { outcomes, durations, errors } = await runSteps(steps, session.address);
  const last = outcomes.get('VirtualProxyReady');
  return {
    outcomes,
    durations,
    errors,
    ...(found.version === undefined ? {} : { product: { name: PRODUCT, version: found.version } }),
    ...(found.virtualProxyVersion === undefined ? {} : { virtualProxyVersion: found.virtualProxyVersion }),
    signInProved: last?.kind === 'passed' && last.pass !== 'LinkedNotProven',
  };
}

/** What later checks, and the report, take from earlier ones. */
interface Findings {
  contact?: FirstContact;
  version?: string;
  user?: QrsUser;
  virtualProxyVersion?: string;
}

function stepsOf(context: CheckContext, found: Findings): CheckStep[] {
  return [
    {
      name: 'ServerReachable',
      run: async () => {
        found.contact = await firstContact(context);
        return reachability(context, found.contact);
      },
    },
    {
      name: 'Authenticated',
      needs: 'ServerReachable',
      run: async () => {
        const { outcome, version } = authentication(context, found.contact!, new Date());
        found.version = version;
        return outcome;
      },
    },
    {
      name: 'UserExists',
      needs: 'Authenticated',
      run: async () => {
        const { outcome, user } = await userExists(context);
        found.user = user;
        return outcome;
      },
    },
    { name: 'RootAdmin', needs: 'UserExists', run: () => rootAdmin(context, found.user!) },
    {
      name: 'VirtualProxyReady',
      needs: 'UserExists',
      run: async () => {
        const facts = await virtualProxyFacts(context);
        found.virtualProxyVersion = virtualProxyVersion(facts);
        return virtualProxyReady(context, facts);
      },
    },
  ];
}
