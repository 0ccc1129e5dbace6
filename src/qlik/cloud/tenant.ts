import type { SecureContext } from 'node:tls';
import { bareHost, type Endpoint } from '../transport/endpoint.ts';
import type { ProxyFor } from '../transport/http-proxy.ts';
import type { TargetPolicy } from '../transport/target-policy.ts';

/** Everything needed to talk to one tenant. */
export interface CloudConnection {
  readonly policy: TargetPolicy;
  readonly proxyFor?: ProxyFor | undefined;
  readonly tenantUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Public roots and `trust`. */
  readonly secureContext: SecureContext;
}

/** The one endpoint of a tenant. */
export function endpointOf({ tenantUrl, policy, proxyFor, secureContext }: CloudConnection): Endpoint {
  const url = new URL(tenantUrl);
  return {
    host: bareHost(url.hostname),
    port: Number(url.port) || 443,
    secureContext,
    presentsClientCertificate: false,
    verify: true,
    policy,
    proxyFor,
  };
}
