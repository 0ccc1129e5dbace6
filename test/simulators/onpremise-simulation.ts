import { type SiteFiles, writeSiteFiles } from './files.ts';
import { FAULT_HELP, NO_FAULTS, parseFault } from './onpremise/faults.ts';
import { type OnPremiseSite, startOnPremiseSite } from './onpremise/site.ts';
import type { Simulation } from './simulation.ts';
import { welcomePage } from './welcome.ts';

/** Starts a site, as the command line and the admin API see it. */
export async function simulateOnPremise(): Promise<Simulation> {
  const site = await startOnPremiseSite();
  const files = await writeSiteFiles(site);
  return {
    get faults() {
      return { ...site.faults };
    },
    usualFaults: { ...NO_FAULTS },
    faultHelp: FAULT_HELP,
    setFault: (name, value) => site.setFaults(parseFault(name, value)),
    clearFaults: () => site.clearFaults(),
    counters: () => site.counters,
    resetCounters: () => site.resetCounters(),
    sessions: () => site.sessions,
    addApps: (count) => {
      for (let added = 0; added < count; added += 1) site.addApp();
      return site.apps.length;
    },
    welcome: (adminUrl) => welcome(site, files, adminUrl),
    stop: async () => {
      await site.stop();
      await files.remove();
    },
  };
}

function welcome(site: OnPremiseSite, files: SiteFiles, adminUrl: string): string {
  const { userDirectory, userId } = site.serviceAccount;
  return welcomePage({
    title: 'Qlik Sense Enterprise on Windows',
    facts: {
      'Server URL': site.serverUrl,
      Repository: `https://localhost:${site.repositoryPort}/qrs   (the role of port 4242)`,
      'Proxy API': `https://localhost:${site.proxyPort}/qps   (the role of port 4243)`,
      Account: `${userDirectory}\\${userId}`,
      Files: `${files.folder}   (removed at the end)`,
    },
    example: `  curl --cacert ${files.siteCa} --cert ${files.clientCert} --key ${files.clientKey} \\
    -H 'X-Qlik-Xrfkey: 0123456789abcdef' 'https://localhost:${site.repositoryPort}/qrs/about?xrfkey=0123456789abcdef'`,
    manifest: manifest(site, files),
    faultHelp: FAULT_HELP,
    fault: ['hang', '"repository"'],
    adminUrl,
  });
}

function manifest(site: OnPremiseSite, files: SiteFiles): string {
  return `kubectl create secret generic simulator-certificate --from-file=client.pfx=${files.clientPfx} --from-file=password=${files.password}
kubectl label secret simulator-certificate kpimailer.io/credentials=true
kubectl create configmap simulator-trust --from-file=ca.crt=${files.trust}
kubectl apply -f - <<'EOF'
apiVersion: kpimailer.io/v1alpha1
kind: QlikServer
metadata:
  name: simulator
spec:
  type: OnPremise
  onPremise:
    serverUrl: ${site.serverUrl}
    userDirectory: ${site.serviceAccount.userDirectory}
    serviceAccountUser: ${site.serviceAccount.userId}
    clientCertificate:
      pkcs12:
        secretName: simulator-certificate
    repositoryService:
      port: ${site.repositoryPort}
  trust:
    - configMapKeyRef:
        name: simulator-trust
        key: ca.crt
EOF`;
}
