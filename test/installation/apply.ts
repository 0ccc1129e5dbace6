import type { Kubectl } from '../controlplane/kubectl.ts';

/** A namespace that lets in only what the Pod Security Standard "restricted" allows. */
export function restrictedNamespace(name: string): object {
  const mode = (mode: string) => [`pod-security.kubernetes.io/${mode}`, 'restricted'] as const;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: Object.fromEntries([mode('enforce'), mode('warn')]) },
  };
}

/** Applies objects; throws with kubectl's words when one is refused. */
export async function apply(kubectl: Kubectl, ...objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await kubectl(['apply', '--filename=-'], { input });
  if (code !== 0) throw new Error(`kubectl apply failed: ${stderr}`);
}
