import { join } from 'node:path';
import type { ControlPlane } from '../controlplane/start.ts';
import { apply } from './apply.ts';

const STAGES = join(import.meta.dirname, 'stages.yaml');

/** Without the taints and the annotation that kwok's own tools use: it manages every node here. */
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', labels: { 'kubernetes.io/hostname': 'node', 'kubernetes.io/os': 'linux' } },
};

/**
 * Gives the cluster a node that kwok plays: kube-scheduler binds pods to it, and they look alive, but no container
 * runs. Resolves before the node is ready; whoever waits for pods waits for it as well.
 */
export async function startNode(controlPlane: ControlPlane, binaries: string): Promise<void> {
  const { folder, kubeconfig, keeper, kubectl } = controlPlane;
  await keeper.start({
    name: 'kube-scheduler',
    command: join(binaries, 'kube-scheduler'),
    args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0'],
  });
  await keeper.start({
    name: 'kwok',
    command: join(binaries, 'kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${STAGES}`,
      '--manage-all-nodes=true',
      '--node-ip=127.0.0.1',
      // Renewed leases are what keeps a node alive.
      '--node-lease-duration-seconds=40',
    ],
    // It would read and write below the developer's home.
    env: { ...process.env, KWOK_WORKDIR: join(folder, 'kwok') },
  });
  await apply(kubectl, NODE);
}
