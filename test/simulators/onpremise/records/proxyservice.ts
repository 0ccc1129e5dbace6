import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';
import { CENTRAL, nodeConfiguration, type NodeReference } from './node.ts';
import type { VirtualProxyRecord } from './virtualproxy.ts';

/** Ports of a proxy: the browser side (usually 443) and the REST side (usually 4243). */
export interface ProxyPorts {
  readonly browser: number;
  readonly proxy: number;
}

/** The proxy service of a node, with the virtual proxies linked to it. */
export function proxyService(
  node: NodeReference,
  ports: ProxyPorts,
  linked: readonly VirtualProxyRecord[],
): QlikRecord {
  const last = node.id === CENTRAL.id ? '0' : '2';
  return {
    id: `24ca5a1b-9f6b-4f57-9f6a-1d8d1e2f6d1${last}`,
    ...CREATED,
    customProperties: [],
    serverNodeConfiguration: nodeConfiguration(node),
    settings: {
      id: `24ca5a1b-9f6b-4f57-9f6a-1d8d1e2f6d2${last}`,
      listenPort: ports.browser,
      allowHttp: false,
      unencryptedListenPort: 80,
      authenticationListenPort: 4244,
      kerberosAuthentication: false,
      unencryptedAuthenticationListenPort: 4248,
      sslBrowserCertificateThumbprint: '',
      keepAliveTimeoutSeconds: 10,
      maxHeaderSizeBytes: 16384,
      maxHeaderLines: 100,
      useWsTrace: false,
      performanceLoggingInterval: 5,
      restListenPort: ports.proxy,
      virtualProxies: linked.map(reference),
      formAuthenticationPageTemplate: '',
      loggedOutPageTemplate: '',
      errorPageTemplate: '',
      schemaPath: 'ProxyService.Settings',
    },
    tags: [],
    privileges: ['read', 'update'],
    schemaPath: 'ProxyService',
  };
}

function reference(proxy: VirtualProxyRecord): Record<string, unknown> {
  const { id, prefix, description, sessionCookieHeaderName, authenticationMethod } = proxy;
  return { id, prefix, description, sessionCookieHeaderName, authenticationMethod, privileges: null };
}
