import { isIP } from 'node:net';
import type { Failure, FailureKind } from '../failure.ts';
import { RUNNING, SERVICE, type ProxyService, type ServiceStatus, type VirtualProxy } from './repository.ts';

/** What the repository says about the virtual proxy of a connection. */
export interface VirtualProxyFacts {
  readonly prefix: string;
  readonly virtualProxy: VirtualProxy | undefined;
  readonly proxyServices: readonly ProxyService[];
  readonly statuses: readonly ServiceStatus[];
}

/** What the site names may be anything: only a host name goes on to a connection. */
const HOST_NAME = /^[\w-]+(?:\.[\w-]+)*$/u;

/** `authenticationMethod` of a virtual proxy that takes tickets (API p.1945). */
const TICKET = 0;

/** How messages name a virtual proxy. */
export function proxyName(prefix: string): string {
  return prefix === '' ? 'the default virtual proxy' : `the virtual proxy "${prefix}"`;
}

/** The proxy services the virtual proxy is linked to. */
export function linkedProxies({ virtualProxy, proxyServices }: VirtualProxyFacts): readonly ProxyService[] {
  return proxyServices.filter(({ settings }) =>
    settings.virtualProxies.some(({ id }) => id === virtualProxy?.id),
  );
}

/** Those of them that the site reports as running. */
export function runningProxies(facts: VirtualProxyFacts): readonly ProxyService[] {
  return linkedProxies(facts).filter(({ serverNodeConfiguration: node }) =>
    runs(facts, SERVICE.proxy, node.id),
  );
}

export function takesTickets({ virtualProxy }: VirtualProxyFacts): boolean {
  return virtualProxy?.authenticationMethod === TICKET;
}

/** What in the configuration speaks against a working sign-in; a sign-in that succeeds all the same beats it. */
export function configurationProblem(facts: VirtualProxyFacts, endpoint: string): Failure | undefined {
  const problem = firstProblem(facts);
  if (problem === undefined) return undefined;
  const [kind, detail] = problem;
  return { kind, phase: 'api', endpoint, detail };
}

function firstProblem(facts: VirtualProxyFacts): readonly [FailureKind, string] | undefined {
  const name = proxyName(facts.prefix);
  if (facts.virtualProxy === undefined)
    return ['VirtualProxyMissing', `the site has no virtual proxy with the prefix "${facts.prefix}"`];
  const nodes = facts.virtualProxy.loadBalancingServerNodes;
  if (nodes.length === 0) return ['NoEngineNode', `${name} has no load balancing node`];
  if (linkedProxies(facts).length === 0) return ['NotLinked', `${name} is linked to no proxy service`];
  if (runningProxies(facts).length === 0)
    return ['ProxyNotRunning', `no proxy service that ${name} is linked to is running`];
  if (!nodes.some(({ id }) => runs(facts, SERVICE.engine, id)))
    return ['NoEngineNode', `no load balancing node of ${name} has a running engine`];
  return undefined;
}

/** A service without a status record is given the benefit of the doubt: the sign-in will tell. */
function runs(facts: VirtualProxyFacts, serviceType: number, nodeId: string): boolean {
  const status = facts.statuses.find(
    (candidate) => candidate.serviceType === serviceType && candidate.serverNodeConfiguration.id === nodeId,
  );
  return status === undefined || status.serviceState === RUNNING;
}

/**
 * Whether a proxy host that the site names may be sent the client certificate: it is a host the user named, or shares
 * the domain of one (equal after removing the first label, with at least two labels left). Addresses have no domain.
 */
export function isKnownHost(learnt: string, known: readonly string[]): boolean {
  if (!HOST_NAME.test(learnt) && isIP(learnt) === 0) return false;
  const domain = (host: string) => (isIP(host) === 0 ? host.toLowerCase().split('.').slice(1) : []);
  return known.some((host) => {
    if (host.toLowerCase() === learnt.toLowerCase()) return true;
    const rest = domain(host);
    return rest.length >= 2 && rest.join('.') === domain(learnt).join('.');
  });
}
