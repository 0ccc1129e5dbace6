import { createServer } from 'node:http';
import { issue } from '../../pki/pki.ts';
import { FirewalledPort } from '../../simulators/firewalled-port.ts';
import { listen } from '../../simulators/http/port.ts';
import { REWRITTEN_PATH } from '../../simulators/onpremise/site.ts';
import { withRc2Of128Bits } from '../connections/der.ts';
import type { Prepare, SiteScenario } from './scenario.ts';
import type { Wishes, World } from './world.ts';

/** Secret and trust as usual, and these fields of `onPremise`. */
const withFields =
  (fields: (world: World, stack: AsyncDisposableStack) => Wishes | Promise<Wishes>): Prepare<World> =>
  async (world, stack) => {
    await world.createSecret();
    await world.createTrust();
    return { onPremise: await fields(world, stack) };
  };

/** A Secret of other contents. */
const withPfx =
  (contents: (world: World) => { pfx?: Buffer; password?: string }): Prepare<World> =>
  async (world) => {
    await world.createSecret(contents(world));
    await world.createTrust();
    return {};
  };

/** A client certificate of some authority, valid from and until. */
const withValidity =
  (notBefore: string, notAfter: string): Prepare<World> =>
  async (world) => {
    const { certificates } = await issue({
      authorities: { own: { commonName: 'own-CA' } },
      certificates: {
        client: {
          commonName: 'QlikClient',
          usage: 'client',
          issuer: 'own',
          notBefore: new Date(notBefore),
          notAfter: new Date(notAfter),
        },
      },
    });
    await world.createTrust();
    const { cert, key } = certificates.client;
    await world.addSecret('pair', { 'tls.crt': cert, 'tls.key': key });
    return { onPremise: { clientCertificate: { tls: { secretName: 'pair' } } } };
  };

/** A port that speaks HTTP without TLS. */
async function plainPort(stack: AsyncDisposableStack): Promise<number> {
  const server = createServer((_request, response) => response.end('plain'));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server, 0);
}

const CONFIGURATION = withFields(() => ({ virtualProxyCheck: 'Configuration' }));

/**
 * Every row of facts/qlik-onprem.md §5 that can happen here, as DESIGN has it. Not there: 9, 16 and 17 would be faults of
 * our own (a certificate, a key and no prefix are always sent); 30 and 31 are `life.test.ts` and `verdicts.test.ts`, as
 * they pass; 32 and 33 are about the catalogue.
 */
export const SITE_SCENARIOS: readonly SiteScenario[] = [
  {
    name: '1 the host name does not exist',
    prepare: withFields(() => ({ serverUrl: 'https://qlik.corp.example/kpi' })),
    verdict: {
      at: 'ServerReachable',
      reason: 'DnsNotFound',
      says: /^qlik\.corp\.example:443 \(dns\): the host name does not exist; qlik\.corp\.example:\d+ \(dns\): .*the host in the spec/u,
      next: 'retryInterval',
    },
  },
  {
    name: '2 the name server has a hiccup',
    prepare: withFields(() => ({ serverUrl: 'https://qlik.hiccup.example/kpi' })),
    verdict: {
      at: 'ServerReachable',
      reason: 'DnsTemporary',
      says: /^qlik\.hiccup\.example:443 \(dns\): the name server gives no answer.*DNS of the cluster/u,
      next: 'retryInterval',
    },
  },
  {
    name: '3 the repository service is down',
    faults: { portRefused: 'repository' },
    verdict: {
      at: 'ServerReachable',
      reason: 'ConnectionRefused',
      says: /^REPOSITORY \(tcp\): nothing listens on this port \(BROWSER answers\); .*port in the spec/u,
      next: 'retryInterval',
    },
  },
  {
    name: '3 the Qlik proxy is down',
    faults: { portRefused: 'browser' },
    verdict: {
      at: 'ServerReachable',
      reason: 'ConnectionRefused',
      says: /^BROWSER \(tcp\): nothing listens on this port \(REPOSITORY answers\)/u,
      next: 'retryInterval',
    },
  },
  {
    name: '4 a firewall drops what goes to the repository port',
    prepare: withFields(async (_world, stack) => {
      const { port } = stack.use(await FirewalledPort.open());
      return { repositoryService: { port } };
    }),
    verdict: {
      at: 'ServerReachable',
      reason: 'ConnectTimeout',
      says: /^localhost:\d+ \(tcp\): no answer to the attempt to connect \(BROWSER answers\); let the cluster reach this port; a firewall/u,
      next: 'retryInterval',
    },
  },
  {
    name: '4 a firewall drops what goes to the proxy service port',
    prepare: withFields(async (_world, stack) => {
      const { port } = stack.use(await FirewalledPort.open());
      return { proxyService: { port } };
    }),
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'ConnectTimeout',
      says: /^localhost:\d+ \(tcp\): no answer to the attempt to connect; let the cluster reach this port; a firewall/u,
      next: 'retryInterval',
    },
  },
  {
    name: '5 the service ports have a certificate of an authority that is not trusted',
    faults: { untrustedCa: 'repository' },
    verdict: {
      at: 'ServerReachable',
      reason: 'UnknownCA',
      says: /^REPOSITORY \(tls\): .*"CN=stranger-CA", which is not trusted \(BROWSER answers\); .*spec\.trust/u,
    },
  },
  {
    name: '5 TLS is intercepted in front of serverUrl: its authority is named, and where to put it',
    faults: { untrustedCa: 'browser' },
    verdict: {
      at: 'ServerReachable',
      reason: 'UnknownCA',
      says: /^BROWSER \(tls\): .*"CN=stranger-CA", which is not trusted \(REPOSITORY answers\); .*spec\.trust/u,
    },
  },
  {
    name: '5 no authority is given at all: public ones are not trusted on the service ports',
    prepare: async (world) => {
      await world.createSecret({ pfx: world.site.clientPfx });
      return { trust: [] };
    },
    verdict: {
      at: 'ServerReachable',
      reason: 'UnknownCA',
      says: /^BROWSER \(tls\): .*"CN=Corporate Issuing CA", which is not trusted; REPOSITORY \(tls\): .*"CN=localhost-CA".*spec\.trust/u,
    },
  },
  {
    name: '6 the certificate of the service ports is for another name',
    faults: { serverCertificate: 'wrongName' },
    verdict: {
      at: 'ServerReachable',
      reason: 'HostnameMismatch',
      says: /^REPOSITORY \(tls\): its certificate is for "DNS:qs1" \(BROWSER answers\); .*tlsServerName/u,
    },
  },
  {
    name: '6 the certificate of serverUrl is for another name',
    prepare: withFields(({ site }) => ({
      serverUrl: `https://qlik.elsewhere.example:${site.browserPort}/kpi`,
      repositoryService: { host: 'localhost', port: site.repositoryPort },
    })),
    verdict: {
      at: 'ServerReachable',
      reason: 'HostnameMismatch',
      says: /^qlik\.elsewhere\.example:\d+ \(tls\): its certificate is for "DNS:localhost, IP Address:127\.0\.0\.1" \(REPOSITORY answers\); use a name of the certificate/u,
    },
  },
  {
    name: '7 the certificate of the service ports has expired',
    faults: { serverCertificate: 'expired' },
    verdict: {
      at: 'ServerReachable',
      reason: 'ServerCertificateExpired',
      says: /^REPOSITORY \(tls\): its certificate "CN=localhost" expired on 2021-01-01 .*; renew it/u,
      next: 'retryInterval',
    },
  },
  {
    name: '8 the repository port does not speak TLS',
    prepare: withFields(async (_world, stack) => ({ repositoryService: { port: await plainPort(stack) } })),
    verdict: {
      at: 'ServerReachable',
      reason: 'NotTls',
      says: /^localhost:\d+ \(tls\): the server does not speak TLS 1\.2 .*correct the port/u,
      next: 'retryInterval',
    },
  },
  {
    name: '8 TLS never begins',
    faults: { silent: 'repository' },
    verdict: {
      at: 'ServerReachable',
      reason: 'ConnectTimeout',
      says: /^REPOSITORY \(tls\): the TLS handshake does not end/u,
      next: 'retryInterval',
    },
  },
  {
    name: '10 the client certificate is of another site',
    prepare: withPfx(({ site }) => ({ pfx: site.foreignPfx })),
    verdict: {
      at: 'Authenticated',
      reason: 'ClientCertificateRejected',
      says: /^REPOSITORY \(http\): the client certificate is not accepted: .*export .*QMC of this site.*Secret/u,
    },
  },
  {
    name: '10 the client certificate is turned down by a TLS alert',
    faults: { certificateRejected: 'alert' },
    verdict: {
      at: 'Authenticated',
      reason: 'ClientCertificateRejected',
      says: /^REPOSITORY \(tls\): the client certificate is not accepted: .*TLS alert "unknown ca"/u,
    },
  },
  {
    name: '11 the client certificate has expired',
    prepare: withValidity('2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'),
    verdict: {
      at: 'Authenticated',
      reason: 'ClientCertificateExpired',
      says: /the client certificate expired on 2021-01-01; export a new one .*Secret/u,
      others: { CertificateValid: 'False/ClientCertificateExpired' },
    },
  },
  {
    name: '11 the client certificate is not valid yet',
    prepare: withValidity('2090-01-01T00:00:00Z', '2091-01-01T00:00:00Z'),
    verdict: {
      at: 'Authenticated',
      reason: 'ClientCertificateNotYetValid',
      says: /the client certificate is valid from 2090-01-01 on; check the clocks/u,
      others: { CertificateValid: 'False/ClientCertificateNotYetValid' },
    },
  },
  {
    name: '12 the password does not open the file',
    prepare: withPfx(() => ({ password: 'not-the-password-at-all' })),
    verdict: {
      at: 'Configured',
      reason: 'WrongPassword',
      says: /^the key "client\.pfx" of the Secret "client" does not open with the password given/u,
      next: 'change',
    },
  },
  {
    name: '13 the file is an older export, RC2 with 40 bits, which is read all the same',
    prepare: async (world) => {
      await world.createSecret({ pfx: world.site.clientPfxLegacy });
      await world.createTrust();
      return {};
    },
    verdict: {},
  },
  {
    name: '13 the file is encrypted with RC2 of 128 bits',
    prepare: withPfx(({ site }) => ({ pfx: withRc2Of128Bits(site.clientPfxLegacy) })),
    verdict: {
      at: 'Configured',
      reason: 'LegacyEncryption',
      says: /the Secret "client" .*export it again with AES-256/u,
      next: 'change',
    },
  },
  {
    name: '14 the content is no PKCS#12 file',
    prepare: withPfx(() => ({ pfx: Buffer.from('not a file of that kind') })),
    verdict: {
      at: 'Configured',
      reason: 'NotPkcs12',
      says: /^the key "client\.pfx" of the Secret "client" is not a PKCS#12 file/u,
      next: 'change',
    },
  },
  {
    name: '14 the Secret has no such key',
    prepare: withFields(() => ({
      clientCertificate: { pkcs12: { secretName: 'client', key: 'other.pfx' } },
    })),
    verdict: {
      at: 'Configured',
      reason: 'SecretKeyNotFound',
      says: /the Secret "client" has no key "other\.pfx"; it has the keys client\.pfx, password/u,
      next: 'arrival',
    },
  },
  {
    name: '14 the Secret does not exist',
    prepare: async (world) => {
      await world.createTrust();
      return {};
    },
    verdict: {
      at: 'Configured',
      reason: 'SecretNotFound',
      says: /the Secret "client" does not exist/u,
      next: 'arrival',
    },
  },
  {
    name: '15 the repository port is that of the browser side: a page is no success',
    prepare: withFields(({ site }) => ({ repositoryService: { port: site.browserPort } })),
    verdict: {
      at: 'Authenticated',
      reason: 'UnexpectedResponse',
      says: /^BROWSER \(api\): unexpected answer HTTP 302 \(text\/html\); check that host and port/u,
      next: 'retryInterval',
    },
  },
  {
    name: '15 a login page in place of the repository service, with status 200',
    faults: { html200: 'repository' },
    verdict: {
      at: 'Authenticated',
      reason: 'UnexpectedResponse',
      says: /^REPOSITORY \(api\): unexpected answer HTTP 200 \(text\/html\): Log in;/u,
      next: 'retryInterval',
    },
  },
  {
    name: '16 the repository forbids what the administrator asks',
    prepare: withFields(({ site }) => ({
      repositoryService: { port: site.repositoryPort, adminUser: String.raw`CORP\nobody` },
    })),
    verdict: {
      at: 'Authenticated',
      reason: 'Forbidden',
      says: /^REPOSITORY \(api\): .*HTTP 403 \(text\/plain\).*rights of the account/u,
      next: 'retryInterval',
    },
  },
  {
    name: '18 the user does not exist',
    faults: { userMissing: true },
    verdict: {
      at: 'UserExists',
      reason: 'UserNotFound',
      says: /^REPOSITORY \(api\): the site knows no user CORP\\svc_kpi; correct userDirectory and serviceAccountUser/u,
      next: 'retryInterval',
    },
  },
  {
    name: '19 the user lacks the role RootAdmin',
    faults: { noRootAdmin: true },
    verdict: {
      at: 'RootAdmin',
      reason: 'MissingRole',
      says: /^REPOSITORY \(api\): the user CORP\\svc_kpi has no role at all, not RootAdmin; assign the role RootAdmin/u,
      next: 'retryInterval',
    },
  },
  {
    name: '19 the user has the role, but its lists are filtered',
    faults: { listsFiltered: true },
    verdict: {
      at: 'RootAdmin',
      reason: 'ListsFiltered',
      says: /sees fewer apps than INTERNAL\\sa_api; .*security rule/u,
      next: 'retryInterval',
    },
  },
  ...(
    [
      [true, 'inactive'],
      ['blocked', 'blocked'],
      ['removed', 'removed from its user directory'],
    ] as const
  ).map(([userInactive, state]): SiteScenario => ({
    name: `20 the user is ${state}`,
    faults: { userInactive },
    verdict: {
      at: 'UserExists',
      reason: 'UserInactive',
      says: new RegExp(`the user CORP\\\\svc_kpi is ${state}; activate`, 'u'),
      next: 'retryInterval',
    },
  })),
  {
    name: '20 the record of the user is in order, but its requests are refused',
    faults: { userRefused: true },
    verdict: {
      at: 'UserExists',
      reason: 'UserRefused',
      says: /requests of CORP\\svc_kpi are refused: HTTP 403 .*licence/u,
      next: 'retryInterval',
    },
  },
  {
    name: '21 the repository service is starting, and says so with a page',
    faults: { repositoryStatus: 503 },
    verdict: {
      at: 'Authenticated',
      reason: 'UnexpectedResponse',
      says: /^REPOSITORY \(api\): unexpected answer HTTP 503 \(text\/html\)/u,
      next: 'retryInterval',
    },
  },
  {
    name: '21 the proxy service is stopped: what the site says of it explains why nothing answers',
    faults: { proxyState: 4, portRefused: 'proxy' },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'ProxyNotRunning',
      says: /no proxy service that the virtual proxy "kpi" is linked to is running; start the Qlik Sense Proxy/u,
      next: 'retryInterval',
    },
  },
  {
    name: '22 the virtual proxy does not exist',
    faults: { virtualProxyMissing: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'VirtualProxyMissing',
      says: /no virtual proxy with the prefix "kpi"; correct the path of serverUrl/u,
      next: 'retryInterval',
    },
  },
  {
    name: '23 the virtual proxy is linked to no proxy service',
    faults: { virtualProxyUnlinked: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'NotLinked',
      says: /the virtual proxy "kpi" is linked to no proxy service; link it/u,
      next: 'retryInterval',
    },
  },
  {
    name: '23 the virtual proxy is linked to another node than serverUrl leads to',
    faults: { secondProxyNode: 'only' },
    prepare: withFields(({ site }) => ({
      repositoryService: { host: '127.0.0.1', port: site.repositoryPort },
    })),
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'TicketRejected',
      says: /^BROWSER \(api\): the ticket is not accepted: HTTP 400 \(text\/html\).*linked to/u,
      next: 'retryInterval',
    },
  },
  {
    name: '24 there is no load balancing node, yet the sign-in succeeds',
    faults: { noLoadBalancingNode: true },
    verdict: {},
  },
  {
    name: '24 there is no load balancing node, and nothing else is asked',
    faults: { noLoadBalancingNode: true },
    prepare: CONFIGURATION,
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'NoEngineNode',
      says: /the virtual proxy "kpi" has no load balancing node; add .*engine/u,
      next: 'retryInterval',
    },
  },
  {
    name: '24 the engine is down, and nothing else is asked',
    faults: { engineState: 4 },
    prepare: CONFIGURATION,
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'NoEngineNode',
      says: /no load balancing node of the virtual proxy "kpi" has a running engine/u,
      next: 'retryInterval',
    },
  },
  {
    name: '25 serverUrl does not know the ticket',
    faults: { ticketNotHonoured: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'TicketRejected',
      says: /^BROWSER \(api\): the ticket is not accepted: HTTP 302 \(text\/html\); let serverUrl lead/u,
      next: 'retryInterval',
    },
  },
  {
    name: '25 the proxy service issues no ticket',
    faults: { ticketRefused: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'TicketFailed',
      says: /^PROXY \(api\): no ticket for CORP\\svc_kpi: HTTP 403/u,
      next: 'retryInterval',
    },
  },
  {
    name: '26 the host of serverUrl is not on the allow list of the virtual proxy',
    faults: { hostNotAllowed: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'HostNotAllowed',
      says: /^BROWSER \(api\): the ticket is refused with HTTP 403 .*host allow list/u,
      next: 'retryInterval',
    },
  },
  {
    name: '27 the licence has expired: extractions fail, checks do not',
    faults: { licenseExpired: true },
    verdict: {},
  },
  ...[502, 503, 504].map((status): SiteScenario => ({
    name: `29 the load balancer answers ${status}`,
    faults: { browserStatus: status },
    verdict: {
      at: 'ServerReachable',
      reason: 'ProxyUnavailable',
      says: new RegExp(
        `^BROWSER \\(http\\): .*HTTP ${status} \\(REPOSITORY answers\\); .*load balancer`,
        'u',
      ),
      next: 'retryInterval',
    },
  })),
  {
    name: '29 a page with status 200 in front of everything that serverUrl has',
    faults: { html200: 'browser' },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'UnexpectedResponse',
      says: /^BROWSER \(api\): unexpected answer HTTP 200 \(text\/html\): Log in;/u,
      next: 'retryInterval',
    },
  },
  {
    name: '30 the proxy service restarts',
    faults: { portRefused: 'proxy' },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'ConnectionRefused',
      says: /^PROXY \(tcp\): nothing listens on this port/u,
      next: 'retryInterval',
    },
  },
  {
    name: '31 the repository service takes longer than checks.timeout',
    faults: { hang: 'repository' },
    prepare: async (world) => {
      await world.createSecret();
      await world.createTrust();
      return { checks: { timeout: '5s' } };
    },
    verdict: {
      at: 'ServerReachable',
      reason: 'ResponseTimeout',
      says: /^REPOSITORY \(http\): no answer to the request in time \(BROWSER answers\); .*spec\.checks\.timeout/u,
      next: 'retryInterval',
    },
  },
  {
    name: '34 the user is written in other letters, which Qlik does not tell apart',
    prepare: withFields(() => ({ userDirectory: 'corp', serviceAccountUser: 'SVC_KPI' })),
    verdict: {},
  },
  {
    name: '34 the domain of the user is another one',
    prepare: withFields(() => ({ userDirectory: 'CORP.EXAMPLE' })),
    verdict: {
      at: 'UserExists',
      reason: 'UserNotFound',
      says: /the site knows no user CORP\.EXAMPLE\\svc_kpi/u,
      next: 'retryInterval',
    },
  },
  {
    name: '35 the repository redirects elsewhere',
    faults: { redirectElsewhere: 'repository' },
    verdict: {
      at: 'Authenticated',
      reason: 'UnexpectedResponse',
      says: /^REPOSITORY \(api\): unexpected answer HTTP 302/u,
      next: 'retryInterval',
    },
  },
  ...([1, 2, 3, 4, 5] as const).map((authenticationMethod): SiteScenario => ({
    name: `+ a virtual proxy with authentication method ${authenticationMethod} (3 is SAML, 4 JWT) takes no tickets`,
    faults: { authenticationMethod },
    verdict: { others: { VirtualProxyReady: 'True/LinkedNotProven' } },
    also: ({ site }) => expectNoConnection(site.counters.connections.proxy),
  })),
  {
    name: '+ of two proxy nodes one is stopped',
    faults: { secondProxyNode: true, secondNodeStopped: true },
    verdict: { others: { VirtualProxyReady: 'True/NotAllNodesProven' } },
  },
  {
    name: '+ of two proxy nodes that share their tickets the first does not answer',
    faults: { secondProxyNode: true, ticketsShared: true, portRefused: 'proxy' },
    prepare: withFields(({ site }) => ({
      repositoryService: { host: '127.0.0.1', port: site.repositoryPort },
    })),
    verdict: { others: { VirtualProxyReady: 'True/NotAllNodesProven' } },
  },
  {
    name: '+ a load balancer rewrites the path, and virtualProxyPrefix says to what',
    faults: { rewrittenPath: true },
    prepare: withFields(({ site }) => ({
      serverUrl: `https://localhost:${site.browserPort}/${REWRITTEN_PATH.join('/')}`,
      virtualProxyPrefix: 'kpi',
    })),
    verdict: {},
  },
  {
    name: '+ a load balancer knows another path only',
    faults: { rewrittenPath: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'TicketRejected',
      says: /^BROWSER \(api\): the ticket is not accepted: HTTP 404 \(text\/html\)/u,
      next: 'retryInterval',
    },
  },
  {
    name: '+ the site names a proxy host that is not of this connection: nothing is sent there',
    // Its name leads to the proxy service of this very site, so that a connection would be counted.
    faults: { foreignProxyHost: true },
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'ProxyHostUnknown',
      says: /the site names its proxy "proxy\.elsewhere\.example"; .*nothing is sent there; .*proxyService\.host/u,
      next: 'retryInterval',
    },
    also: ({ site }) => expectNoConnection(site.counters.connections.proxy),
  },
  {
    name: '+ that host is talked to once proxyService.host says so',
    faults: { foreignProxyHost: true },
    prepare: withFields(({ site }) => ({
      proxyService: { host: 'proxy.elsewhere.example', port: site.proxyPort, tlsServerName: 'localhost' },
    })),
    verdict: {},
  },
  {
    name: '+ the proxy host that the site names is of the same domain, and does not answer',
    faults: { foreignProxyHost: true, portRefused: 'proxy' },
    prepare: withFields(({ site }) => ({
      serverUrl: `https://qlik.elsewhere.example:${site.browserPort}/kpi`,
      repositoryService: { host: 'localhost', port: site.repositoryPort },
      // There is no certificate for that name.
      insecureSkipTlsVerify: true,
    })),
    verdict: {
      at: 'VirtualProxyReady',
      reason: 'ConnectionRefused',
      says: /^proxy\.elsewhere\.example:\d+ \(tcp\): nothing listens on this port/u,
      next: 'retryInterval',
    },
  },
];

function expectNoConnection(connections: number): void {
  if (connections > 0) throw new Error(`the proxy service was connected to ${connections} times`);
}
