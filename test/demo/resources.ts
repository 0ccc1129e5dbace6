import type { CloudTenant } from '../simulators/cloud/tenant.ts';
import type { OnPremiseSite } from '../simulators/onpremise/site.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** The authorities: of the site for its services, of the company for serverUrl, and of the tenant, which is no public one here. */
function authorities(site: OnPremiseSite, tenant: CloudTenant): Manifest {
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

/** A site, "finance", and a tenant, "acme", that pass every check, with what they refer to. */
export function serversInOrder(site: OnPremiseSite, tenant: CloudTenant, wishes: Manifest = {}): Manifest[] {
  return [
    authorities(site, tenant),
    credentials('finance-cert', { 'client.pfx': site.clientPfx, password: site.clientPfxPassword }),
    credentials('acme-oauth', { clientSecret: tenant.clientSecret }),
    qlikServer('finance', site, wishes),
    cloudServer('acme', tenant, wishes),
  ];
}

/** A QlikServer of the site with the minimum a user must write, and what is wished; only the port differs from a real site. */
export function qlikServer(name: string, site: OnPremiseSite, wishes: Manifest = {}): Manifest {
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
      ...wishes,
    },
  };
}

/** A QlikServer of the tenant. */
function cloudServer(name: string, tenant: CloudTenant, wishes: Manifest): Manifest {
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
      ...wishes,
    },
  };
}
