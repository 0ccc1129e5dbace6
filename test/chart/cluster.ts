import { join } from 'node:path';
import { inject } from 'vitest';
import { type Kubectl, kubectlFor } from '../controlplane/kubectl.ts';
import { until } from '../controlplane/until.ts';

const POD_MONITORS = join(import.meta.dirname, 'fixtures/podmonitors.yaml');

/** A namespace that lets in only what the Pod Security Standard "restricted" allows. */
export function restrictedNamespace(name: string): object {
  const mode = (mode: string) => [`pod-security.kubernetes.io/${mode}`, 'restricted'] as const;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: Object.fromEntries([mode('enforce'), mode('warn')]) },
  };
}

/** The control plane that all integration tests share, as its admin. */
export function sharedKubectl(): Kubectl {
  const { binaries, folder, kubeconfig } = inject('controlPlane');
  return kubectlFor(binaries, folder, kubeconfig);
}

/** Applies objects; throws with kubectl's words when one is refused. */
export async function apply(kubectl: Kubectl, ...objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await kubectl(['apply', '--filename=-'], { input });
  if (code !== 0) throw new Error(`kubectl apply failed: ${stderr}`);
}

/** Has the API server know PodMonitors, as if the Prometheus operator was installed. */
export async function installPodMonitors(kubectl: Kubectl): Promise<void> {
  const { code, stderr } = await kubectl(['apply', `--filename=${POD_MONITORS}`]);
  if (code !== 0) throw new Error(`kubectl apply of ${POD_MONITORS} failed: ${stderr}`);
  await until(
    'PodMonitors are served',
    async () => (await kubectl(['get', 'podmonitors.monitoring.coreos.com'])).code === 0,
  );
}
