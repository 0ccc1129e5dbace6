import type { PodTemplate } from '../installation/manifests.ts';

interface ContainerSecurity {
  readonly runAsUser?: number;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[] };
}

interface PodSecurity {
  readonly runAsNonRoot?: boolean;
  readonly seccompProfile?: { readonly type?: string };
}

/** The flags of podman that mean what the chart's security contexts mean to a kubelet. */
export function securityFlags({ spec }: PodTemplate): string[] {
  const [{ securityContext }] = spec.containers;
  const container: ContainerSecurity = securityContext;
  const pod: PodSecurity = spec.securityContext;
  if (pod.runAsNonRoot !== true) throw new Error('The chart does not ask for a user that is not root');
  if (pod.seccompProfile?.type !== 'RuntimeDefault') throw new Error('The chart asks for no seccomp profile');
  return [
    ...(container.allowPrivilegeEscalation === false ? ['--security-opt=no-new-privileges'] : []),
    // Podman would put a writable /tmp into it; Kubernetes does not.
    ...(container.readOnlyRootFilesystem === true ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(container.capabilities?.drop ?? []).map((capability) => `--cap-drop=${capability}`),
  ];
}
