import type { Json } from './api.ts';

/** The least a user has to write. */
export const MINIMAL: Json = {
  type: 'OnPremise',
  onPremise: {
    serverUrl: 'https://qlik.corp.example/kpi',
    userDirectory: 'CORP',
    serviceAccountUser: 'svc-kpi',
    clientCertificate: { pkcs12: { secretName: 'qlik-client' } },
  },
};

/** The least a user has to write for a tenant: put over the other example, its branch replaces that one's. */
export const CLOUD: Json = {
  type: 'Cloud',
  cloud: {
    tenantUrl: 'https://acme.eu.qlikcloud.com',
    clientId: '54d8f5d26d57e71328c5bc93e0ad1382',
    clientSecret: { secretKeyRef: { name: 'acme-oauth' } },
  },
};

/** The least a worker has to write that renews a Lease. */
export const EXECUTION: Json = { serverRef: { name: 'finance' }, leaseDurationSeconds: 30 };

/** A copy with the field at a dotted path set, or removed where the value is undefined. */
export function change(spec: Json, path: string, value: unknown): Json {
  const [first = '', ...rest] = path.split('.');
  const { [first]: old, ...others } = spec;
  const inner = typeof old === 'object' && old !== null && !Array.isArray(old) ? (old as Json) : {};
  const changed = rest.length === 0 ? value : change(inner, rest.join('.'), value);
  return changed === undefined ? others : { ...others, [first]: changed };
}

/** A copy with some fields changed, each by its dotted path. */
export function changedBy(spec: Json, changes: Readonly<Record<string, unknown>>): Json {
  return Object.entries(changes).reduce((changed, [path, value]) => change(changed, path, value), spec);
}

/** The minimal example with some fields changed, each by its dotted path. */
export function minimalWith(changes: Readonly<Record<string, unknown>>): Json {
  return changedBy(MINIMAL, changes);
}
