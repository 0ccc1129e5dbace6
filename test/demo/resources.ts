import type { CloudTenant } from '../simulators/cloud/tenant.ts';
import type { OnPremiseSite } from '../simulators/onpremise/site.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** The authorities: of the site for its services, of the company for serverUrl, and of the tenant, which is no public one here. */
export function authorities(site: OnPremiseSite, tenant: CloudTenant): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'qlik-ca' },
    data: { 'ca.crt': site.siteCa + site.corporateCa + tenant.ca },
  };
}

/** A Secret as `kubectl create secret generic` and `kubectl label` would make it. */
export function credentials(name: string, data: Readonly<Record<string, Buffer | string>>): Manifest {
  const encoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value as string).toString('base64'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { 'kpimailer.io/credentials': 'true' } },
    data: Object.fromEntries(encoded),
  };
}

/** A QlikServer of the site with the minimum a user must write; only the port differs from a real site. */
export function qlikServer(name: string, site: OnPremiseSite): Manifest {
  return {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikServer',
    metadata: { name },
    spec: {
      type: 'OnPremise',
      onPremise: {
        serverUrl: site.serverUrl,
        userDirectory: site.serviceAccount.userDirectory,
        serviceAccountUser: site.serviceAccount.userId,
        clientCertificate: { pkcs12: { secretName: `${name}-cert` } },
        repositoryService: { port: site.repositoryPort },
      },
      trust: [{ configMapKeyRef: { name: 'qlik-ca' } }],
    },
  };
}

/** A QlikServer of the tenant. */
export function cloudServer(name: string, tenant: CloudTenant): Manifest {
  return {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikServer',
    metadata: { name },
    spec: {
      type: 'Cloud',
      cloud: {
        tenantUrl: tenant.tenantUrl,
        clientId: tenant.clientId,
        clientSecret: { secretKeyRef: { name: `${name}-oauth` } },
      },
      trust: [{ configMapKeyRef: { name: 'qlik-ca' } }],
    },
  };
}
