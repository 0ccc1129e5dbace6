import type { Outcome } from '../connector.ts';
import { QlikError } from '../failure.ts';
import { HttpSession } from '../transport/http.ts';
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
 * several nodes the next one is tried when serverUrl does not accept the ticket of the first.
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
}

function targets(context: CheckContext, facts: VirtualProxyFacts): Target[] {
  const configured = context.spec.proxyService.host;
  const nodes = runningProxies(facts);
  const port = nodes[0]?.settings.restListenPort;
  if (configured !== undefined) return [{ host: configured, port }];
  if (nodes.length === 0) return [{ host: context.site.browser.host, port: undefined }];
  return nodes
    .filter((node) => known(context, node))
    .map((node) => ({
      host: node.serverNodeConfiguration.hostName,
      port: node.settings.restListenPort,
    }));
}

function known({ site }: CheckContext, node: ProxyService): boolean {
  return isKnownHost(node.serverNodeConfiguration.hostName, [site.browser.host, site.repository.host]);
}

function noTarget({ repository }: CheckContext, facts: VirtualProxyFacts): QlikError {
  const names = runningProxies(facts).map((node) => `"${node.serverNodeConfiguration.hostName}"`);
  return repository.session.failure(
    'ProxyHostUnknown',
    `the site names its proxy ${names.sort().join(', ')}`,
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
  const ticket = await api.ticket(serviceAccount);
  await using browser = new HttpSession(site.browser, signal, responseTimeout);
  const anotherSession = () =>
    new HttpSession(site.browser, AbortSignal.timeout(SIGN_OUT_TIMEOUT), SIGN_OUT_TIMEOUT);
  const cookieName = facts.virtualProxy?.sessionCookieHeaderName ?? 'X-Qlik-Session';
  await new BrowserSignIn(browser, site.basePath, anotherSession).prove(serviceAccount, ticket, cookieName);
  const several = linkedProxies(facts).length > 1;
  return {
    kind: 'passed',
    pass: several ? 'NotAllNodesProven' : 'SignInProven',
    detail: `the service account signs in through ${proxyName(facts.prefix)}`,
  };
}
