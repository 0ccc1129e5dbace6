import { FAULT_HELP, NO_FAULTS, parseFault } from './cloud/faults.ts';
import { type CloudTenant, startCloudTenant } from './cloud/tenant.ts';
import { type TenantFiles, writeTenantFiles } from './files.ts';
import type { Simulation } from './simulation.ts';
import { welcomePage } from './welcome.ts';

/** Starts a tenant, as the command line and the admin API see it. */
export async function simulateCloud(): Promise<Simulation> {
  const tenant = await startCloudTenant();
  const files = await writeTenantFiles(tenant);
  return {
    get faults() {
      return { ...tenant.faults };
    },
    usualFaults: { ...NO_FAULTS },
    faultHelp: FAULT_HELP,
    setFault: (name, value) => tenant.setFaults(parseFault(name, value)),
    clearFaults: () => tenant.clearFaults(),
    counters: () => ({ ...tenant.counters, tokensIssued: tenant.tokensIssued }),
    resetCounters: () => tenant.resetCounters(),
    addApps: (count) => {
      for (let added = 0; added < count; added += 1) tenant.addApp();
      return tenant.items.length;
    },
    welcome: (adminUrl) => welcome(tenant, files, adminUrl),
    stop: async () => {
      await tenant.stop();
      await files.remove();
    },
  };
}

function welcome(tenant: CloudTenant, files: TenantFiles, adminUrl: string): string {
  const { tenantUrl, clientId } = tenant;
  return welcomePage({
    title: 'Qlik Cloud',
    facts: {
      'Tenant URL': tenantUrl,
      'Client ID': clientId,
      'Client secret': files.clientSecret,
      Files: `${files.folder}   (removed at the end)`,
    },
    example: `  curl --cacert ${files.trust} --data-urlencode client_secret@${files.clientSecret} \\
    -d client_id=${clientId} -d grant_type=client_credentials ${tenantUrl}/oauth/token`,
    manifest: manifest(tenant, files),
    faultHelp: FAULT_HELP,
    fault: ['secretRejected', '401'],
    adminUrl,
  });
}

function manifest({ tenantUrl, clientId }: CloudTenant, files: TenantFiles): string {
  return `kubectl create secret generic simulator-client --from-file=clientSecret=${files.clientSecret}
kubectl label secret simulator-client kpimailer.io/credentials=true
kubectl create configmap simulator-trust --from-file=ca.crt=${files.trust}
kubectl apply -f - <<'EOF'
apiVersion: kpimailer.io/v1alpha1
kind: QlikServer
metadata:
  name: simulator
spec:
  type: Cloud
  cloud:
    tenantUrl: ${tenantUrl}
    clientId: ${clientId}
    clientSecret:
      secretKeyRef:
        name: simulator-client
        key: clientSecret
  trust:
    - configMapKeyRef:
        name: simulator-trust
        key: ca.crt
EOF`;
}
