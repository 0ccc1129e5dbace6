import { join } from 'node:path';
import type { ControlPlane } from './start.ts';

/** Starts kube-controller-manager with some of its controllers, each named without `-controller`. */
export async function startControllerManager(
  { kubeconfig, keeper, serviceAccountKeyFile }: ControlPlane,
  binaries: string,
  controllers: readonly string[],
  extraArgs: readonly string[] = [],
): Promise<void> {
  await keeper.start({
    name: 'kube-controller-manager',
    command: join(binaries, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${serviceAccountKeyFile}`,
      `--controllers=${controllers.map((name) => `${name}-controller`).join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
      ...extraArgs,
    ],
  });
}
