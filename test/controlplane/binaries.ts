/** Each binary of a control plane and the Go package that it is built from; `go.mod` fixes the versions. */
export const PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  helm: 'helm.sh/helm/v4/cmd/helm',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
} as const;

/** The name of a binary, on the command line and in its folder. */
export type BinaryName = keyof typeof PACKAGES;

/** All of them, in the order in which they are useful. */
export const BINARY_NAMES = Object.keys(PACKAGES) as BinaryName[];

/** Checks names at the door, so that a slip is not found after minutes of building. */
export function parseBinaryNames(names: readonly string[]): BinaryName[] {
  const unknown = names.filter((name) => !Object.hasOwn(PACKAGES, name));
  if (unknown.length > 0) {
    throw new Error(`Unknown binary: ${unknown.join(', ')}. The known are ${BINARY_NAMES.join(', ')}`);
  }
  return names as BinaryName[];
}

/** What `go build` calls the binary of a package: its last path element, unless that is a major version. */
export function goBuildName(name: BinaryName): string {
  const parts = PACKAGES[name].split('/');
  return parts.findLast((part) => !/^v\d+$/.test(part))!;
}
