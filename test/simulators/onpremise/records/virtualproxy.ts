import type { Faults } from '../faults.ts';
import type { QlikRecord } from '../filter/property.ts';
import { CREATED } from './created.ts';
import { HOST, LOAD_BALANCING_NODE } from './node.ts';

/** A virtual proxy, full shape. */
export interface VirtualProxyRecord extends QlikRecord {
  readonly prefix: string;
  readonly description: string;
  readonly sessionCookieHeaderName: string;
  readonly authenticationMethod: number;
}

/** Prefix of the virtual proxy that the faults concern. */
export const PREFIX = 'kpi';

/** All virtual proxies: the default one (prefix empty) and `kpi`. */
export function virtualProxies(faults: Faults): readonly VirtualProxyRecord[] {
  const standard = virtualProxy('b4aa61ab-8f4e-4c35-9d3a-2f5dc2a4d001', '', 'Central Proxy (Default)');
  const kpi = virtualProxy('d4b844ba-66cc-4a38-aa6c-8d0516641bc2', PREFIX, 'KPI mailer');
  return faults.virtualProxyMissing ? [standard] : [standard, { ...kpi, ...changed(faults) }];
}

function changed(faults: Faults): Partial<VirtualProxyRecord> {
  return {
    ...(faults.noLoadBalancingNode && { loadBalancingServerNodes: [] }),
    ...(faults.authenticationMethod !== false && { authenticationMethod: faults.authenticationMethod }),
    ...(faults.hostNotAllowed && { websocketCrossOriginWhiteList: [] }),
    ...(faults.sessionInactivity !== 0 && { sessionInactivityTimeout: faults.sessionInactivity }),
  };
}

function virtualProxy(id: string, prefix: string, description: string): VirtualProxyRecord {
  return {
    id,
    ...CREATED,
    prefix,
    description,
    authenticationModuleRedirectUri: '',
    sessionModuleBaseUri: '',
    loadBalancingModuleBaseUri: '',
    useStickyLoadBalancing: false,
    loadBalancingServerNodes: [LOAD_BALANCING_NODE],
    authenticationMethod: 0,
    headerAuthenticationMode: 0,
    headerAuthenticationHeaderName: '',
    headerAuthenticationStaticUserDirectory: '',
    headerAuthenticationDynamicUserDirectory: '',
    anonymousAccessMode: 0,
    windowsAuthenticationEnabledDevicePattern: 'Windows',
    sessionCookieHeaderName: prefix === '' ? 'X-Qlik-Session' : `X-Qlik-Session-${prefix}`,
    sessionCookieDomain: '',
    hasSecureAttributeHttps: true,
    sameSiteAttributeHttps: 0,
    hasSecureAttributeHttp: false,
    sameSiteAttributeHttp: 0,
    additionalResponseHeaders: '',
    sessionInactivityTimeout: 30,
    extendedSecurityEnvironment: false,
    websocketCrossOriginWhiteList: [HOST],
    defaultVirtualProxy: prefix === '',
    tags: [],
    ...otherAuthentication,
    privileges: ['read', 'update'],
    schemaPath: 'VirtualProxyConfig',
  };
}

const otherAuthentication = {
  samlMetadataIdP: '',
  samlHostUri: '',
  samlEntityId: '',
  samlAttributeUserId: '',
  samlAttributeUserDirectory: '',
  samlAttributeSigningAlgorithm: 0,
  samlAttributeMap: [],
  jwtAttributeUserId: '',
  jwtAttributeUserDirectory: '',
  jwtPublicKeyCertificate: '',
  jwtAttributeMap: [],
  magicLinkHostUri: '',
  magicLinkFriendlyName: '',
  samlSlo: false,
};
