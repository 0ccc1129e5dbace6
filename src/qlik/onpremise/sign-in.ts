import type { Outcome } from '../connector.ts';
import { QlikError, type Phase } from '../failure.ts';
import { HttpSession } from '../transport/http.ts';
import { excerptOf } from '../transport/excerpt.ts';
import type { Endpoint } from '../transport/endpoint.ts';
import type { CheckContext } from './context.ts';
import { BrowserSignIn, ProxyApi } from './proxy.ts';
import type { ProxyService } from './repository.ts';
import {
  isKnownHost,
  linkedProxies,
  proxyName,
  runningProxies,
  type VirtualProxyFacts,
} from './virtual-proxy.ts';

/** Qlik allows five sessions per user; a check must not take one that an execution needs. */
const SESSIONS_LEFT_ALONE = 3;

/** Milliseconds that a sign-out may take after the check itself has ended. */
const SIGN_OUT_TIMEOUT = 5_000;

/**
 * Signs the service account in through the virtual proxy. A ticket is known only to the node that issued it, so with
 * several nodes the next one is tried when the ticket of the first is not accepted.
 */
export async function proveSignIn(context: CheckContext, facts: VirtualProxyFacts): Promise<Outcome> {
  let last: QlikError | undefined;
  for (const target of targets(context, facts)) {
    try {
      return await proveOn(context, facts, target);
    } catch (error) {
      if (!(error instanceof QlikError)) throw error;
      last = error;
    }
  }
  throw last ?? noTarget(context, facts);
}

interface Target {
  readonly host: string;
  readonly port: number | undefined;
  /** Where its own node takes tickets, if it is one of several. */
  readonly browser?: Endpoint | undefined;
}

function targets(context: CheckContext, facts: VirtualProxyFacts): Target[] {
  const configured = context.spec.proxyService.host;
  const nodes = runningProxies(facts);
  const port = nodes[0]?.settings.restListenPort;
  if (configured !== undefined) return [{ host: configured, port }];
  if (nodes.length === 0) return [{ host: context.site.browser.host, port: undefined }];
  const isOneOfSeveral = linkedProxies(facts).length > 1;
  return nodes
    .filter((node) => known(context, node))
    .map((node) => ({
      host: node.serverNodeConfiguration.hostName,
      port: node.settings.restListenPort,
      browser: isOneOfSeveral ? browserOf(context, node) : undefined,
    }));
}

function browserOf({ site }: CheckContext, node: ProxyService): Endpoint {
  const { browser } = site;
  return {
    ...browser,
    host: node.serverNodeConfiguration.hostName,
    port: node.settings.listenPort ?? browser.port,
  };
}

function known({ site }: CheckContext, node: ProxyService): boolean {
  return isKnownHost(node.serverNodeConfiguration.hostName, [site.browser.host, site.repository.host]);
}

function noTarget({ repository }: CheckContext, facts: VirtualProxyFacts): QlikError {
  const names = runningProxies(facts)
    .map((node) => `"${node.serverNodeConfiguration.hostName}"`)
    .sort();
  return repository.session.failure(
    'ProxyHostUnknown',
    `the site names its proxy ${excerptOf(names.join(', '))}`,
  );
}

async function proveOn(context: CheckContext, facts: VirtualProxyFacts, target: Target): Promise<Outcome> {
  const { site, signal, responseTimeout, serviceAccount } = context;
  await using session = new HttpSession(site.proxyService(target.host, target.port), signal, responseTimeout);
  const api = new ProxyApi(session, facts.prefix);
  const open = await api.sessionCount(serviceAccount);
  if (open >= SESSIONS_LEFT_ALONE) {
    throw session.failure(
      'SessionsExhausted',
      `the service account has ${SESSIONS_LEFT_ALONE} or more sessions`,
    );
  }
  await redeem(context, facts, { ticket: await api.ticket(serviceAccount), issuer: target.browser });
  const several = linkedProxies(facts).length > 1;
  return {
    kind: 'passed',
    pass: several ? 'NotAllNodesProven' : 'SignInProven',
    detail: `the service account signs in through ${proxyName(facts.prefix)}`,
  };
}

/** A failure in one of these phases: the ticket was not shown to anybody, and can still be used. */
const NOT_REACHED: ReadonlySet<Phase> = new Set(['proxy', 'dns', 'tcp', 'tls']);

/**
 * Redeems a ticket. Where a load balancer may lead to another node than the one that has issued it, that one is asked
 * itself, and the way of users only where it cannot be reached from here.
 */
async function redeem(
  context: CheckContext,
  facts: VirtualProxyFacts,
  { ticket, issuer }: { readonly ticket: string; readonly issuer: Endpoint | undefined },
): Promise<void> {
  const { site } = context;
  if (issuer !== undefined) {
    try {
      return await redeemAt(context, facts, { ticket, endpoint: issuer, basePath: pathOn(site.prefix) });
    } catch (error) {
      if (!(error instanceof QlikError) || !NOT_REACHED.has(error.failure.phase)) throw error;
    }
  }
  await redeemAt(context, facts, { ticket, endpoint: site.browser, basePath: site.basePath });
}

/** On a node there is no load balancer that rewrites paths. */
function pathOn(prefix: string): string {
  return prefix === '' ? '' : `/${prefix}`;
}

async function redeemAt(
  { signal, responseTimeout, serviceAccount }: CheckContext,
  facts: VirtualProxyFacts,
  { ticket, endpoint, basePath }: { ticket: string; endpoint: Endpoint; basePath: string },
): Promise<void> {
  await using browser = new HttpSession(endpoint, signal, responseTimeout);
  const anotherSession = () =>
    new HttpSession(endpoint, AbortSignal.timeout(SIGN_OUT_TIMEOUT), SIGN_OUT_TIMEOUT);
  const cookieName = facts.virtualProxy?.sessionCookieHeaderName ?? 'X-Qlik-Session';
  await new BrowserSignIn(browser, basePath, anotherSession).prove(serviceAccount, ticket, cookieName);
}
