import type { Reason } from '../../api/reasons.ts';
import type { Failure, FailureKind } from '../../qlik/failure.ts';
import type { ProblemReason } from '../../connections/problem.ts';

/** How a failure is reported. */
interface Explanation {
  readonly reason: Reason;
  /** What the person on call does, as the end of the message. */
  readonly advice: string;
  /** Waiting will not mend it. */
  readonly needsHuman: boolean;
}

const wait = (reason: Reason, advice: string): Explanation => ({ reason, advice, needsHuman: false });
const human = (reason: Reason, advice: string): Explanation => ({ reason, advice, needsHuman: true });

/** Every failure of a Qlik server as a reason of the API, exhaustively: a new kind does not compile until it is here. */
const EXPLANATIONS: Readonly<Record<FailureKind, Explanation>> = {
  DnsNotFound: wait('DnsNotFound', 'correct the host in the spec, or the DNS of the cluster'),
  DnsTemporary: wait('DnsTemporary', 'look at the DNS of the cluster if this lasts'),
  ConnectionRefused: wait('ConnectionRefused', 'start the Qlik service, or correct the port in the spec'),
  ConnectTimeout: wait('ConnectTimeout', 'let the cluster reach this port; a firewall is the usual cause'),
  ConnectionFailed: wait(
    'ConnectionFailed',
    'look for a restarting service, a load balancer or a firewall in between',
  ),
  UnknownCA: human('UnknownCA', 'add that authority to spec.trust'),
  HostnameMismatch: human(
    'HostnameMismatch',
    'use a name of the certificate, or set tlsServerName of that service',
  ),
  ServerCertificateExpired: wait('ServerCertificateExpired', 'renew it on the Qlik server'),
  ServerCertificateInvalid: wait(
    'ServerCertificateInvalid',
    'renew it on the Qlik server, and check the clocks',
  ),
  NotTls: wait('NotTls', 'correct the port, or allow TLS 1.2 on the server'),
  ResponseTimeout: wait('ResponseTimeout', 'look at the load of the server, or raise spec.checks.timeout'),
  HttpProxyFailed: wait(
    'HttpProxyFailed',
    'look at that proxy, and at spec.httpProxy or, without it, HTTPS_PROXY and NO_PROXY of the operator',
  ),
  ProxyUnavailable: wait(
    'ProxyUnavailable',
    'look at the server, and at the load balancer in front of it, if this lasts',
  ),
  ClientCertificateExpired: human(
    'ClientCertificateExpired',
    'export a new one from the QMC and replace it in the Secret',
  ),
  ClientCertificateNotYetValid: human(
    'ClientCertificateNotYetValid',
    'check the clocks, or use another certificate',
  ),
  ClientCertificateRejected: human(
    'ClientCertificateRejected',
    'export the client certificate again from the QMC of this site and replace it in the Secret',
  ),
  Forbidden: wait('Forbidden', 'check the rights of the account that asks'),
  UnexpectedResponse: wait('UnexpectedResponse', 'check that host and port lead to the Qlik service itself'),
  UserNotFound: wait(
    'UserNotFound',
    'correct userDirectory and serviceAccountUser, or synchronise the user directory',
  ),
  UserInactive: wait('UserInactive', 'activate the account in the QMC'),
  UserRefused: wait('UserRefused', 'check the licence and the security rules of the account in the QMC'),
  MissingRole: wait('MissingRole', 'assign the role RootAdmin in the QMC'),
  ListsFiltered: wait('ListsFiltered', 'look in the QMC for a security rule that restricts the account'),
  VirtualProxyMissing: wait(
    'VirtualProxyMissing',
    'correct the path of serverUrl, or create the virtual proxy in the QMC',
  ),
  NotLinked: wait('NotLinked', 'link it to a proxy in the QMC'),
  NoEngineNode: wait('NoEngineNode', 'add a load balancing node in the QMC, or start its engine'),
  ProxyNotRunning: wait('ProxyNotRunning', 'start the Qlik Sense Proxy Service'),
  ProxyHostUnknown: wait(
    'ProxyHostUnknown',
    'that is not a host of this connection, so nothing is sent there; if it is right, set proxyService.host',
  ),
  TicketFailed: wait('TicketFailed', 'check the virtual proxy in the QMC and the log of the proxy service'),
  TicketRejected: wait(
    'TicketRejected',
    'let serverUrl lead to the proxy that the virtual proxy is linked to',
  ),
  HostNotAllowed: wait(
    'HostNotAllowed',
    'add the host of serverUrl to the host allow list of the virtual proxy',
  ),
  SessionsExhausted: wait('SessionsExhausted', 'wait for sessions to end, or use an account of its own'),
  NotQlikCloud: wait('NotQlikCloud', 'correct tenantUrl, or look for a proxy or login page in between'),
  UnknownTenant: human('UnknownTenant', 'correct the tenant name or region in tenantUrl'),
  AccessBlocked: wait(
    'AccessBlocked',
    'add the public address of the cluster to the IP allow list of the tenant',
  ),
  CredentialsRejected: human(
    'CredentialsRejected',
    'put a valid secret into the Secret; the consent method of the client must be Trusted',
  ),
  ClientForbidden: human('ClientForbidden', 'enable the user of the OAuth client, or revoke unused tokens'),
  TokenRefused: wait('TokenRefused', 'check the status of the tenant if this lasts'),
  RateLimited: wait('RateLimited', 'look for other programs that use the same OAuth client if this lasts'),
  TargetRefused: human(
    'TargetRefused',
    'the administrator of the operator bounds where it connects to (--allowed-hosts, --allow-local-targets)',
  ),
  InternalError: wait('InternalError', 'the log of the operator has the stack; please report it'),
};

export function explain({ kind }: Failure): Explanation {
  return EXPLANATIONS[kind];
}

/** `host:port (phase): what was seen; what to do`. */
export function messageOf(failure: Failure): string {
  return `${failure.endpoint} (${failure.phase}): ${failure.detail}; ${explain(failure).advice}`;
}

/** What a GitOps tool may still be about to create: for two minutes absence is not yet a fault. */
const ON_ITS_WAY: ReadonlySet<ProblemReason> = new Set([
  'ServerNotFound',
  'SecretNotFound',
  'SecretKeyNotFound',
  'ConfigMapNotFound',
  'ConfigMapKeyNotFound',
]);
export const GRACE = 120_000;

export function mayBeOnItsWay(reason: ProblemReason): boolean {
  return ON_ITS_WAY.has(reason);
}

/** When a problem of the configuration needs a human. */
export function needsHumanFrom(reason: ProblemReason, since: number): number {
  return mayBeOnItsWay(reason) ? since + GRACE : since;
}
