import { FAULT_HELP } from './onpremise/faults.ts';
import type { OnPremiseSite } from './onpremise/site.ts';
import type { SiteFiles } from './files.ts';

/** The page that a person sees when the simulator has started. */
export function welcome(site: OnPremiseSite, files: SiteFiles): string {
  const { userDirectory, userId } = site.serviceAccount;
  return `
Qlik Sense Enterprise on Windows, simulated. Ends with Ctrl-C; the keys are of this run only.

  Server URL   ${site.serverUrl}
  Repository   https://localhost:${site.repositoryPort}/qrs   (the role of port 4242)
  Proxy API    https://localhost:${site.proxyPort}/qps   (the role of port 4243)
  Account      ${userDirectory}\\${userId}
  Files        ${files.folder}   (removed at the end)

Try it:

  curl --cacert ${files.siteCa} --cert ${files.clientCert} --key ${files.clientKey} \\
    -H 'X-Qlik-Xrfkey: 0123456789abcdef' 'https://localhost:${site.repositoryPort}/qrs/about?xrfkey=0123456789abcdef'

Make it known to a cluster (the operator must run on this machine, with --allow-local-targets):

${manifest(site, files)}

Faults, to be typed here at any time as "fault NAME [VALUE|off]"; also "faults", "sessions", "counters", "quit":

${faultTable()}
`;
}

/** All faults with their meaning, a line each. */
export function faultTable(): string {
  return Object.entries(FAULT_HELP)
    .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
    .join('\n');
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
