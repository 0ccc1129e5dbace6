import { inject } from 'vitest';
import { type Kubectl, kubectlFor } from '../controlplane/kubectl.ts';

/** A namespace of the shared control plane that nobody else uses. */
export interface Namespace {
  readonly name: string;
  /** kubectl in this namespace. */
  readonly kubectl: Kubectl;
}

/** Makes one. It is never deleted, as it goes with the control plane. */
export async function freshNamespace(): Promise<Namespace> {
  const { binaries, folder, kubeconfig } = inject('controlPlane');
  const kubectl = kubectlFor(binaries, folder, kubeconfig);
  const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'test-' } };
  const made = await kubectl(['create', '--filename=-', '--output=jsonpath={.metadata.name}'], {
    input: JSON.stringify(manifest),
  });
  if (made.code !== 0) throw new Error(`No namespace: ${made.stderr}`);
  const name = made.stdout;
  return { name, kubectl: (args, options) => kubectl([`--namespace=${name}`, ...args], options) };
}
