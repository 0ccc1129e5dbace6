import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import type { Access } from '../controlplane/kubeconfig.ts';
import { installCrds } from '../controlplane/crds.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import type { Right } from '../installation/rights.ts';
import { prepareInstallation } from './shared-installation.ts';
import { RightsOfRun } from './rights-of-run.ts';

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
    /** Folder of `RightsOfRun`. */
    readonly rightsOfRun: string;
  }
}

/** Starts it once for all test files; Vitest calls the result when they are done, and the keeper outlives a crash. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binaries = await controlPlaneBinaries(['etcd', 'kube-apiserver', 'kubectl']);
  const controlPlane = await startControlPlane({ binaries });
  try {
    return await share(project, controlPlane, binaries);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

async function share(
  project: TestProject,
  controlPlane: ControlPlane,
  binaries: string,
): Promise<() => Promise<void>> {
  await installCrds(controlPlane);
  const { url, ca, token, kubeconfig, folder } = controlPlane;
  project.provide('controlPlane', { url, ca, token, kubeconfig, folder, binaries });
  const installation = await prepareInstallation(join(folder, 'bundle'));
  project.provide('installation', installation);
  const rightsOfRun = join(folder, 'rights');
  project.provide('rightsOfRun', rightsOfRun);
  const rights = new RightsOfRun(rightsOfRun);
  const { testFiles } = await project.globTestFiles();
  return async () => {
    const unused = isWhole(project, testFiles) ? rights.unused(installation.granted) : [];
    await controlPlane.stop();
    if (unused.length > 0) throw new Error(unusedMessage(unused));
  };
}

/** Whether all tests of the integration project have run: a few files alone do not use every right. */
function isWhole({ name, vitest }: TestProject, testFiles: readonly string[]): boolean {
  const ran = new Set(vitest.state.getTestModules().map(({ moduleId }) => moduleId));
  const { testNamePattern } = vitest.config;
  return name === 'integration' && testNamePattern === undefined && testFiles.every((file) => ran.has(file));
}

function unusedMessage(unused: readonly Right[]): string {
  return `The chart grants rights that no integration test has used. Take them out of charts/qlik-operator/templates/rbac, or test what needs them:\n${unused.map((right) => `  ${right}`).join('\n')}`;
}
