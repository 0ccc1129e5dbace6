import { readFault } from '../fault-value.ts';

/** The listeners of a site, by the role of their usual port: 4242, 4243 and 443; the latter two once more for a second proxy node. */
export type ListenerName = 'repository' | 'proxy' | 'browser' | 'proxy2' | 'browser2';

/** All listeners. */
export const LISTENERS = [
  'repository',
  'proxy',
  'browser',
  'proxy2',
  'browser2',
] as const satisfies readonly ListenerName[];

/** How a client certificate is turned down: after the handshake, as .NET does; inside it; or by HTTP. */
export type Rejection = 'reset' | 'alert' | 'forbidden';

/** States of a service: initializing, certificates not installed, (2 is running,) no communication, disabled, unknown. */
export type ServiceState = 0 | 1 | 3 | 4 | 5;

/** What can be wrong with a site, or is not established of real ones. Everything can change while it runs; see `FAULT_HELP`. */
export interface Faults {
  readonly portRefused: boolean | ListenerName;
  readonly silent: boolean | ListenerName;
  readonly untrustedCa: false | 'repository' | 'browser';
  readonly serverCertificate: false | 'expired' | 'wrongName';
  readonly certificateRejected: boolean | Rejection;
  readonly noClientCertificate: false | Rejection;
  readonly trustWithdrawn: boolean;
  readonly noRootAdmin: boolean;
  readonly listsFiltered: boolean | 'half';
  readonly userMissing: boolean;
  readonly userInactive: boolean | 'blocked' | 'removed';
  readonly userRefused: boolean;
  readonly unknownUserCreated: boolean;
  readonly spaceInUserId: boolean;
  readonly virtualProxyMissing: boolean;
  readonly virtualProxyUnlinked: boolean;
  readonly noLoadBalancingNode: boolean;
  readonly authenticationMethod: false | 1 | 2 | 3 | 4 | 5;
  readonly secondProxyNode: boolean | 'only';
  readonly secondNodeStopped: boolean;
  readonly linkToCentralOptional: boolean;
  readonly nonStickyBalancer: boolean;
  readonly rewrittenPath: boolean;
  readonly ticketsShared: boolean;
  readonly ticketRefused: boolean | 'unknownUser' | 'otherMethod';
  readonly ticketNotHonoured: boolean;
  readonly redeemStatus: number;
  readonly hostNotAllowed: boolean;
  readonly foreignProxyHost: boolean;
  readonly repositoryState: false | ServiceState;
  readonly proxyState: false | ServiceState;
  readonly engineState: false | ServiceState;
  readonly engineSaturated: boolean;
  readonly licenseExpired: boolean;
  readonly sessionInactivity: number;
  readonly sessionCooldown: number;
  readonly countAs: false | 'integer' | 'text';
  readonly fullLimit: number;
  readonly tableLimit: number;
  readonly notSortable: false | 'id' | 'publishTime';
  readonly rowRepeated: boolean;
  readonly unpublishedTime: false | 'null' | 'absent';
  readonly appsChange: false | 'inserted' | 'removed';
  readonly slow: number;
  readonly hang: boolean | ListenerName;
  readonly html200: boolean | ListenerName;
  readonly redirectElsewhere: boolean | ListenerName;
  readonly repositoryStatus: number;
  readonly proxyStatus: number;
  readonly browserStatus: number;
}

/** A healthy site, and the default for everything that is not established. */
export const NO_FAULTS: Faults = {
  portRefused: false,
  silent: false,
  untrustedCa: false,
  serverCertificate: false,
  certificateRejected: false,
  noClientCertificate: false,
  trustWithdrawn: false,
  noRootAdmin: false,
  listsFiltered: false,
  userMissing: false,
  userInactive: false,
  userRefused: false,
  unknownUserCreated: false,
  spaceInUserId: false,
  virtualProxyMissing: false,
  virtualProxyUnlinked: false,
  noLoadBalancingNode: false,
  authenticationMethod: false,
  secondProxyNode: false,
  secondNodeStopped: false,
  linkToCentralOptional: false,
  nonStickyBalancer: false,
  rewrittenPath: false,
  ticketsShared: false,
  ticketRefused: false,
  ticketNotHonoured: false,
  redeemStatus: 0,
  hostNotAllowed: false,
  foreignProxyHost: false,
  repositoryState: false,
  proxyState: false,
  engineState: false,
  engineSaturated: false,
  licenseExpired: false,
  sessionInactivity: 0,
  sessionCooldown: 0,
  countAs: false,
  fullLimit: 0,
  tableLimit: 0,
  notSortable: false,
  rowRepeated: false,
  unpublishedTime: false,
  appsChange: false,
  slow: 0,
  hang: false,
  html200: false,
  redirectElsewhere: false,
  repositoryStatus: 0,
  proxyStatus: 0,
  browserStatus: 0,
};

const listenerHelp = 'repository, proxy, browser, proxy2 or browser2';
const stateHelp = '0 initializing, 1 certificates not installed, 3 no communication, 4 disabled, 5 unknown';

/** What each fault does, in a line for people. */
export const FAULT_HELP: Readonly<Record<keyof Faults, string>> = {
  portRefused: `connections are refused: on (= repository), ${listenerHelp}; subscriptions are lost with the repository`,
  silent: `connections are accepted, but TLS never begins: on (= everywhere), ${listenerHelp}`,
  untrustedCa: 'a certificate of an unknown authority: repository (all service ports) or browser',
  serverCertificate: 'the certificate of all service ports is: expired or wrongName (issued for qs1)',
  certificateRejected:
    'the client certificate is not accepted: on (= the usual way), reset, alert or forbidden',
  noClientCertificate:
    'a missing client certificate is answered with: reset (the default), alert or forbidden',
  trustWithdrawn:
    'the service ports no longer trust the authority of client certificates, but resume the TLS sessions of before',
  noRootAdmin: 'the service account has no RootAdmin role and sees empty lists',
  listsFiltered: 'the service account has its role, but sees every other app only; half: the older half only',
  userMissing: 'the service account does not exist',
  userInactive: 'the service account is inactive: on, blocked or removed (from its directory)',
  userRefused: 'the record of the service account is in order, but the repository refuses its requests',
  unknownUserCreated: 'an unknown user in X-Qlik-User becomes a user without roles, instead of 403',
  spaceInUserId: 'a space after the ";" of X-Qlik-User becomes part of the user id, instead of being ignored',
  virtualProxyMissing: 'the virtual proxy does not exist',
  virtualProxyUnlinked: 'the virtual proxy is not linked to any proxy service',
  noLoadBalancingNode: 'the virtual proxy has no load balancing node',
  authenticationMethod:
    'of the virtual proxy: 1 static header, 2 dynamic header, 3 SAML, 4 JWT, 5 OIDC; the default is 0, ticket',
  secondProxyNode:
    'a second proxy node, 127.0.0.1; only: the virtual proxy is linked there and not to Central',
  secondNodeStopped: 'the proxy service of the second proxy node is disabled, its ports are closed',
  linkToCentralOptional:
    'a virtual proxy works without a link to Central, instead of being rejected everywhere',
  nonStickyBalancer: 'requests to serverUrl reach the second proxy node and Central in turn',
  rewrittenPath:
    'the browser side is reached at /reports/qlik alone, which a load balancer rewrites to the prefix',
  ticketsShared: 'tickets are known to all proxy nodes, instead of the issuing one only',
  ticketRefused:
    'no tickets: on (= for nobody), unknownUser or otherMethod (of authentication); by default both get them',
  ticketNotHonoured: 'the browser side does not know the tickets, as behind a load balancer',
  redeemStatus: 'a redeemed ticket opens a session, but is answered with this status and an HTML page',
  hostNotAllowed: 'the host is not on the allow list of the virtual proxy: 403 on the browser side',
  foreignProxyHost: 'the repository names a proxy in a foreign domain',
  repositoryState: `state of the repository service: ${stateHelp}`,
  proxyState: `state of the proxy services: ${stateHelp}`,
  engineState: `state of the engine service: ${stateHelp}`,
  engineSaturated: 'the engine says that it is saturated',
  licenseExpired: 'the license has expired',
  sessionInactivity: 'minutes after which an unused session ends, instead of 30',
  sessionCooldown: 'seconds that an ended session still counts as one of the parallel ones',
  countAs: 'counts are answered as a bare integer or as text, instead of {"value": 3}',
  fullLimit: 'lists of full records end after that many, for example 100',
  tableLimit: 'pages of a table have so many rows at most, whatever is asked for',
  notSortable: 'tables cannot be sorted by id or publishTime: 400',
  rowRepeated: 'the last row of each page of a table stands there twice',
  unpublishedTime: 'publishTime of unpublished apps is null or absent, instead of the year 1753',
  appsChange: 'before each further page of a table, an app is inserted or removed at its start',
  slow: 'milliseconds before the first byte of every answer',
  hang: `requests are never answered: on (= everywhere), ${listenerHelp}`,
  html200: `200 with a login page for everything: on (= everywhere), ${listenerHelp}`,
  redirectElsewhere: `302 to the same path at 127.0.0.1: on (= everywhere), ${listenerHelp}`,
  repositoryStatus:
    'the repository answers everything with this status and an HTML page, as 503 while starting',
  proxyStatus: 'the proxy API answers everything with this status and an HTML page',
  browserStatus: 'the browser side answers everything with this status and an HTML page, for example 502',
};

const states = [0, 1, 3, 4, 5] as const;
const rejections = ['reset', 'alert', 'forbidden'] as const;

const choices: Partial<Record<keyof Faults, readonly (string | number)[]>> = {
  portRefused: ['on', ...LISTENERS],
  silent: ['on', ...LISTENERS],
  untrustedCa: ['repository', 'browser'],
  serverCertificate: ['expired', 'wrongName'],
  certificateRejected: ['on', ...rejections],
  noClientCertificate: rejections,
  authenticationMethod: [1, 2, 3, 4, 5],
  listsFiltered: ['on', 'half'],
  userInactive: ['on', 'blocked', 'removed'],
  secondProxyNode: ['on', 'only'],
  ticketRefused: ['on', 'unknownUser', 'otherMethod'],
  repositoryState: states,
  proxyState: states,
  engineState: states,
  countAs: ['integer', 'text'],
  notSortable: ['id', 'publishTime'],
  unpublishedTime: ['null', 'absent'],
  appsChange: ['inserted', 'removed'],
  hang: ['on', ...LISTENERS],
  html200: ['on', ...LISTENERS],
  redirectElsewhere: ['on', ...LISTENERS],
};

/** Whether a fault that may be confined to one listener concerns this one. */
export function concerns(fault: boolean | ListenerName, listener: ListenerName): boolean {
  return fault === true || fault === listener;
}

/** Reads a fault as typed by a person (`noRootAdmin`, `slow` + `3000`, `hang` + `off`). Throws an error that names what is allowed. */
export function parseFault(name: string, value = 'on'): Partial<Faults> {
  return readFault({ usual: NO_FAULTS, choices }, name, value);
}
