import { join } from 'node:path';
import { inject } from 'vitest';
import { type Kubectl, kubectlFor } from '../controlplane/kubectl.ts';
import { until } from '../controlplane/until.ts';

const POD_MONITORS = join(import.meta.dirname, 'fixtures/podmonitors.yaml');

/** The control plane that all integration tests share, as its admin. */
export function sharedKubectl(): Kubectl {
  const { binaries, folder, kubeconfig } = inject('controlPlane');
  return kubectlFor(binaries, folder, kubeconfig);
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
