import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';
import { NODE_CONFIGURATION } from './node.ts';
import type { VirtualProxyRecord } from './virtualproxy.ts';

/** Ports of the proxy: the browser side (usually 443) and the REST side (usually 4243). */
export interface SitePorts {
  readonly browser: number;
  readonly proxy: number;
}

/** The one proxy service of a site, with the virtual proxies linked to it. */
export function proxyServices(
  ports: SitePorts,
  linked: readonly VirtualProxyRecord[],
  hostName: string,
): readonly QlikRecord[] {
  return [
    {
      id: '24ca5a1b-9f6b-4f57-9f6a-1d8d1e2f6d10',
      ...CREATED,
      customProperties: [],
      serverNodeConfiguration: { ...NODE_CONFIGURATION, hostName },
      settings: {
        id: '24ca5a1b-9f6b-4f57-9f6a-1d8d1e2f6d11',
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
    },
  ];
}

function reference(proxy: VirtualProxyRecord): Record<string, unknown> {
  const { id, prefix, description, sessionCookieHeaderName, authenticationMethod } = proxy;
  return { id, prefix, description, sessionCookieHeaderName, authenticationMethod, privileges: null };
}
