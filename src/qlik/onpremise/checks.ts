import type { Outcome } from '../connector.ts';
import { QlikError } from '../failure.ts';
import { describeResponse, excerptOf } from '../transport/excerpt.ts';
import type { AccountsContext, CheckContext } from './context.ts';
import { userName } from './headers.ts';
import { jsonOf } from './json.ts';
import { isFailure, type FirstContact } from './reachability.ts';
import { about, type QrsUser } from './repository.ts';
import { proveSignIn } from './sign-in.ts';
import { configurationProblem, proxyName, takesTickets, type VirtualProxyFacts } from './virtual-proxy.ts';

const ROLE = 'RootAdmin';
const INACTIVE = /inactive/iu;

const passed = (pass: Extract<Outcome, { kind: 'passed' }>['pass'], detail: string): Outcome => ({
  kind: 'passed',
  pass,
  detail,
});

/** Authenticated: the certificate alone, asked as the administrator, so that nothing about the user shows here. */
export function authentication(
  context: CheckContext,
  contact: FirstContact,
  now: Date,
): { outcome: Outcome; version: string } {
  const { repository, connection } = context;
  const { notBefore, notAfter } = connection.certificate;
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now > notAfter)
    throw repository.session.failure(
      'ClientCertificateExpired',
      `the client certificate expired on ${day(notAfter)}`,
    );
  if (now < notBefore)
    throw repository.session.failure(
      'ClientCertificateNotYetValid',
      `the client certificate is valid from ${day(notBefore)} on`,
    );
  if (isFailure(contact.about)) throw new QlikError(contact.about);
  const { buildVersion } = jsonOf(repository.session, contact.about, about);
  return {
    outcome: passed('CertificateAccepted', `${repository.session.address} accepts the client certificate`),
    version: buildVersion,
  };
}

/** UserExists: the record as the administrator sees it, then a request as the service account itself. */
export async function userExists(context: AccountsContext): Promise<{ outcome: Outcome; user: QrsUser }> {
  const { repository, serviceAccount, admin } = context;
  const name = userName(serviceAccount);
  const [user] = await repository.users(serviceAccount, admin);
  if (user === undefined) throw repository.session.failure('UserNotFound', `the site knows no user ${name}`);
  const state = inactivity(user);
  if (state !== undefined) throw repository.session.failure('UserInactive', `the user ${name} is ${state}`);
  const response = await repository.aboutResponse(serviceAccount);
  if (response.status !== 200) {
    const kind = INACTIVE.test(response.body) ? 'UserInactive' : 'UserRefused';
    throw repository.session.failure(kind, `requests of ${name} are refused: ${describeResponse(response)}`);
  }
  return { outcome: passed('UserFound', `${name} exists and is active`), user };
}

function inactivity(user: QrsUser): string | undefined {
  if (user.blacklisted) return 'blocked';
  if (user.removedExternally) return 'removed from its user directory';
  return user.inactive ? 'inactive' : undefined;
}

/** RootAdmin: the role by name, then whether the service account really sees what the administrator sees. */
export async function rootAdmin(context: AccountsContext, user: QrsUser): Promise<Outcome> {
  const { repository, serviceAccount } = context;
  const name = userName(serviceAccount);
  if (!user.roles.includes(ROLE)) {
    const others =
      user.roles.length === 0
        ? 'no role at all'
        : `the roles ${excerptOf([...user.roles].sort().join(', '))}`;
    throw repository.session.failure('MissingRole', `the user ${name} has ${others}, not ${ROLE}`);
  }
  // Apps come and go between two counts, so a difference must show twice.
  if (!(await seesEverything(context)) && !(await seesEverything(context))) {
    throw repository.session.failure(
      'ListsFiltered',
      `${name} has the role ${ROLE}, yet sees fewer apps than ${userName(context.admin)}`,
    );
  }
  return passed('RoleAssigned', `${name} has the role ${ROLE}`);
}

async function seesEverything({ repository, serviceAccount, admin }: AccountsContext): Promise<boolean> {
  const all = await repository.appCount(admin);
  return (await repository.appCount(serviceAccount)) >= all;
}

/** What VirtualProxyReady looks at before it signs in. */
export async function virtualProxyFacts({
  repository,
  site,
  admin,
}: CheckContext): Promise<VirtualProxyFacts> {
  const [virtualProxy] = await repository.virtualProxies(site.prefix, admin);
  return {
    prefix: site.prefix,
    virtualProxy,
    proxyServices: await repository.proxyServices(admin),
    statuses: await repository.serviceStatuses(admin),
  };
}

/** VirtualProxyReady: configuration evidence explains a failure, and a sign-in that succeeds beats it. */
export async function virtualProxyReady(context: CheckContext, facts: VirtualProxyFacts): Promise<Outcome> {
  const problem = configurationProblem(facts, context.repository.session.address);
  const mayProve =
    context.spec.virtualProxyCheck === 'SignIn' && (facts.virtualProxy === undefined || takesTickets(facts));
  if (!mayProve) return problem === undefined ? notProven(facts) : { kind: 'failed', failure: problem };
  const due = problem !== undefined || context.proveSignIn(virtualProxyVersion(facts));
  if (!due)
    return {
      kind: 'kept',
      why: 'NotDue',
      detail: 'the sign-in was proved before and nothing has changed since',
    };
  return attempt(context, facts, problem);
}

async function attempt(
  context: CheckContext,
  facts: VirtualProxyFacts,
  problem: ReturnType<typeof configurationProblem>,
): Promise<Outcome> {
  try {
    return await proveSignIn(context, facts);
  } catch (error) {
    if (!(error instanceof QlikError)) throw error;
    if (problem !== undefined) return { kind: 'failed', failure: problem };
    if (error.failure.kind === 'SessionsExhausted')
      return { kind: 'kept', why: 'SessionsExhausted', detail: error.message };
    throw error;
  }
}

function notProven(facts: VirtualProxyFacts): Outcome {
  const why = takesTickets(facts)
    ? 'virtualProxyCheck is Configuration'
    : 'its authentication method takes no tickets';
  return passed(
    'LinkedNotProven',
    `${proxyName(facts.prefix)} is linked to a running proxy; a sign-in was not tried, as ${why}`,
  );
}

/** Changes with everything a sign-in proof rests on. */
export function virtualProxyVersion({ virtualProxy, proxyServices }: VirtualProxyFacts): string {
  const links = proxyServices
    .filter(({ settings }) => settings.virtualProxies.some(({ id }) => id === virtualProxy?.id))
    .map(
      ({ serverNodeConfiguration: node, settings }) => `${node.hostName}:${settings.restListenPort ?? ''}`,
    );
  return [virtualProxy?.id ?? '', virtualProxy?.modifiedDate ?? '', ...links.sort()].join(' ');
}
