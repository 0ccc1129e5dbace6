import type { OnPremiseSite } from '../simulators/onpremise/site.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** The authorities of a site: its own for the services, that of the company for serverUrl. */
export function authorities(site: OnPremiseSite): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'qlik-ca' },
    data: { 'ca.crt': site.siteCa + site.corporateCa },
  };
}

/** A Secret as `kubectl create secret generic` and `kubectl label` would make it. */
export function credentials(name: string, pfx: Buffer, password: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { 'kpimailer.io/credentials': 'true' } },
    data: { 'client.pfx': pfx.toString('base64'), password: Buffer.from(password).toString('base64') },
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
