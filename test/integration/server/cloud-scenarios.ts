import type { CloudScenario } from './scenario.ts';

const REJECTED = { at: 'Authenticated', reason: 'CredentialsRejected', next: 'quarterHour' } as const;

/**
 * Every row of the failure table of facts/qlik-cloud.md §7, in its order. Not there: a wrong secret is `cloud.test.ts`,
 * which also sees how often it is tried; clock skew is `token.test.ts`, as only clocks are concerned.
 */
export const CLOUD_SCENARIOS: readonly CloudScenario[] = [
  {
    name: '1 the tenant is misspelt',
    faults: { unknownHost: true },
    verdict: {
      at: 'ServerReachable',
      reason: 'UnknownTenant',
      says: /^TENANT \(api\): no tenant has this host name \(HTTP 401, LOGIN-2 "[^"]+"\); correct the tenant name or region/u,
    },
  },
  {
    name: '2 the region is another one, whose edge has pages alone',
    faults: { unknownHost: 'html' },
    verdict: {
      at: 'ServerReachable',
      reason: 'NotQlikCloud',
      says: /^TENANT \(api\): this is not a Qlik Cloud tenant \(HTTP 404 \(text\/html\): Not Found\); correct tenantUrl/u,
      next: 'retryInterval',
    },
  },
  {
    name: '3 the domain is misspelt',
    prepare: async () => ({ cloud: { tenantUrl: 'https://acme.eu.qlikclod.example' } }),
    verdict: {
      at: 'ServerReachable',
      reason: 'DnsNotFound',
      says: /^acme\.eu\.qlikclod\.example:443 \(dns\): the host name does not exist/u,
      next: 'retryInterval',
    },
  },
  {
    name: '4 the client is unknown',
    faults: { clientUnknown: true },
    verdict: { ...REJECTED, says: /^TENANT \(api\): the client ID is not accepted \(HTTP 400, OAUTH-14/u },
    also: ({ tokenRequests }) => expectOneRequest(tokenRequests),
  },
  {
    name: '4 the consent method of the client is not Trusted',
    faults: { tokenRefused: 'consent' },
    verdict: { ...REJECTED, says: /OAUTH-14 .*; .*consent method of the client must be Trusted/u },
    also: ({ tokenRequests }) => expectOneRequest(tokenRequests),
  },
  {
    name: '5 the secret has white space around it',
    prepare: async (world) => {
      await world.replaceSecret(` ${world.tenant.clientSecret}\r\n`);
      return {};
    },
    verdict: {},
  },
  {
    name: '6 the client may not ask for tokens of its own',
    faults: { tokenRefused: 'grant' },
    verdict: { ...REJECTED, says: /^TENANT \(api\): the client is not accepted \(HTTP 400/u },
  },
  {
    name: '7 the user of the client is disabled',
    faults: { botDisabled: true },
    verdict: {
      at: 'Authenticated',
      reason: 'ClientForbidden',
      says: /^TENANT \(api\): the OAuth client gets no token \(HTTP 403.*; enable the user/u,
      next: 'quarterHour',
    },
    also: ({ tokenRequests }) => expectOneRequest(tokenRequests),
  },
  {
    name: '7 the client has too many tokens',
    faults: { tokenRefused: 'tooManyTokens' },
    verdict: {
      at: 'Authenticated',
      reason: 'ClientForbidden',
      says: /HTTP 403.*revoke unused tokens/u,
      next: 'quarterHour',
    },
  },
  {
    name: '8 the client is disabled',
    faults: { tokenRefused: 'clientDisabled' },
    verdict: { ...REJECTED, says: /OAuth client is disabled/u },
  },
  {
    name: '9 every token is refused as soon as it is granted',
    faults: { tokenRevoked: true },
    verdict: {
      at: 'Authenticated',
      reason: 'TokenRefused',
      says: /^TENANT \(api\): a token that was just granted is not accepted \(HTTP 401/u,
      next: 'retryInterval',
    },
  },
  {
    name: '10 the user of the client sees nothing, which is no fault of the connection',
    faults: { nothingVisible: true },
    verdict: {},
  },
  {
    name: '10 the lists are forbidden, which is no fault of the connection',
    faults: { apiForbidden: 'items' },
    verdict: {},
  },
  {
    name: '11 the user is not of the tenant',
    faults: { apiForbidden: true },
    verdict: {
      at: 'Authenticated',
      reason: 'Forbidden',
      says: /^TENANT \(api\): the API refuses the OAuth client \(HTTP 403, AUTH-5 "Forbidden"\); check the rights/u,
      next: 'retryInterval',
    },
  },
  {
    name: '12 the tenant is disabled',
    faults: { tenantDisabled: true },
    verdict: {
      at: 'Authenticated',
      reason: 'ClientForbidden',
      says: /HTTP 403, HTTP-403 "Tenant is disabled"/u,
      next: 'quarterHour',
    },
  },
  ...([true, 'json'] as const).map((ipBlocked): CloudScenario => ({
    name: `13 the address is not on the allow list, answered as ${ipBlocked === true ? 'a page' : 'JSON'}`,
    faults: { ipBlocked },
    verdict: {
      at: 'ServerReachable',
      reason: 'AccessBlocked',
      says: /^TENANT \(api\): requests without credentials are refused \(HTTP 403.*; add the public address of the cluster to the IP allow list/u,
      next: 'retryInterval',
    },
  })),
  {
    name: '13 the address is not on the allow list, and connections from it are cut',
    faults: { ipBlocked: 'reset' },
    verdict: {
      at: 'ServerReachable',
      reason: 'ConnectionFailed',
      says: /^TENANT \(http\): .*firewall in between/u,
      next: 'retryInterval',
    },
  },
  {
    name: '14 the rate of requests is limited, for two seconds',
    faults: { rateLimited: 2 },
    verdict: {
      at: 'Authenticated',
      reason: 'RateLimited',
      says: /^TENANT \(api\): the tenant limits the rate of requests \(HTTP 429/u,
      next: 'retryInterval',
    },
  },
  ...[502, 503, 504].map((httpStatus): CloudScenario => ({
    name: `15 the edge answers ${httpStatus}`,
    faults: { httpStatus },
    verdict: {
      at: 'ServerReachable',
      reason: 'ProxyUnavailable',
      says: new RegExp(`^TENANT \\(http\\): the tenant answers with HTTP ${httpStatus}`, 'u'),
      next: 'retryInterval',
    },
  })),
  {
    name: '16 a proxy in between shows its login page',
    faults: { html200: true },
    verdict: {
      at: 'ServerReachable',
      reason: 'NotQlikCloud',
      says: /HTTP 200 \(text\/html\): Log in\); .*proxy or login page in between/u,
      next: 'retryInterval',
    },
  },
  {
    name: '16 TLS is intercepted: the authority is named, and where to put it',
    faults: { untrustedCa: true },
    verdict: {
      at: 'ServerReachable',
      reason: 'UnknownCA',
      says: /^TENANT \(tls\): .*"CN=stranger-CA", which is not trusted; .*spec\.trust/u,
    },
  },
  ...([true, 'login'] as const).map((windowsServer): CloudScenario => ({
    name: `17 tenantUrl leads to a Windows server (${windowsServer})`,
    faults: { windowsServer },
    verdict: {
      at: 'ServerReachable',
      reason: 'NotQlikCloud',
      says: /it is Qlik Sense on Windows, which needs type: OnPremise/u,
      next: 'retryInterval',
    },
  })),
  {
    name: '19 the redirect of users/me names another host, to which nothing is sent',
    faults: { redirectElsewhere: true },
    verdict: {},
    also: ({ tenant }) => {
      const hosts = Object.keys(tenant.counters.hosts).join();
      if (hosts !== 'localhost') throw new Error(`these hosts were asked: ${hosts}`);
    },
  },
];

function expectOneRequest(tokenRequests: number): void {
  if (tokenRequests !== 1) throw new Error(`a token was asked for ${tokenRequests} times`);
}
