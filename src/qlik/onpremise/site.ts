import type { SecureContext } from 'node:tls';
import type { OnPremise } from '../../api/onpremise.ts';
import { bareHost, type Endpoint } from '../transport/endpoint.ts';
import type { ProxyFor } from '../transport/http-proxy.ts';
import type { TargetPolicy } from '../transport/target-policy.ts';

/** The default port of the proxy service where neither the spec nor the site names another. */
const PROXY_SERVICE_PORT = 4243;

/** Everything needed to talk to one site: the spec and what was made of its Secrets and trust. */
export interface OnPremiseConnection {
  readonly policy: TargetPolicy;
  readonly proxyFor?: ProxyFor | undefined;
  readonly spec: OnPremise;
  /** Public roots and `trust`; no client certificate, which serverUrl would silently ignore. */
  readonly browserContext: SecureContext;
  /** `trust`, the authorities of the client bundle, never public roots; with the client certificate. */
  readonly serviceContext: SecureContext;
  readonly certificate: { readonly notBefore: Date; readonly notAfter: Date };
}

/** Where a site listens, derived once from its spec. */
export interface Site {
  /** serverUrl. */
  readonly browser: Endpoint;
  /** Path of serverUrl without a trailing slash: "" or "/kpi". */
  readonly basePath: string;
  /** Prefix of the virtual proxy as the site knows it; "" is the default virtual proxy. */
  readonly prefix: string;
  readonly repository: Endpoint;
  readonly proxyService: (host: string, port: number | undefined) => Endpoint;
}

export function siteOf({
  spec,
  policy,
  proxyFor,
  browserContext,
  serviceContext,
}: OnPremiseConnection): Site {
  const url = new URL(spec.serverUrl);
  const host = bareHost(url.hostname);
  const basePath = url.pathname.replace(/\/+$/u, '');
  const verify = !spec.insecureSkipTlsVerify;
  const reach = { verify, policy, proxyFor };
  const service = { ...reach, secureContext: serviceContext, presentsClientCertificate: true };
  return {
    browser: {
      ...reach,
      host,
      port: Number(url.port) || 443,
      secureContext: browserContext,
      presentsClientCertificate: false,
    },
    basePath,
    prefix: spec.virtualProxyPrefix ?? basePath.split('/')[1] ?? '',
    repository: {
      ...service,
      host: bareHost(spec.repositoryService.host ?? host),
      port: spec.repositoryService.port,
      tlsServerName: spec.repositoryService.tlsServerName,
    },
    proxyService: (proxyHost, port) => ({
      ...service,
      host: bareHost(proxyHost),
      port: spec.proxyService.port ?? port ?? PROXY_SERVICE_PORT,
      tlsServerName: spec.proxyService.tlsServerName,
    }),
  };
}
