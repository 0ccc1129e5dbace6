import type { TestProject } from 'vitest/node';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import type { Access } from '../controlplane/kubeconfig.ts';
import { installCrds } from '../controlplane/crds.ts';
import { startControlPlane } from '../controlplane/start.ts';

/** What a test file gets of the one control plane that all integration tests share: `inject('controlPlane')`. */
export interface SharedControlPlane extends Access {
  readonly kubeconfig: string;
  /** Holds the logs of etcd and the API server. */
  readonly folder: string;
  /** The folder of `etcd`, `kube-apiserver` and `kubectl`. */
  readonly binaries: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly controlPlane: SharedControlPlane;
  }
}

/** Starts it once for all test files; Vitest calls the result when they are done, and the keeper outlives a crash. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binaries = await controlPlaneBinaries(['etcd', 'kube-apiserver', 'kubectl']);
  const controlPlane = await startControlPlane({ binaries });
  try {
    await installCrds(controlPlane);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  const { url, ca, token, kubeconfig, folder } = controlPlane;
  project.provide('controlPlane', { url, ca, token, kubeconfig, folder, binaries });
  return controlPlane.stop;
}
