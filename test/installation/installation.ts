import { cpSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CHART, type Helm, openHelm } from '../../deploy/helm.ts';
import type { Output } from '../controlplane/command.ts';
import type { BinaryName } from '../controlplane/binaries.ts';
import { controlPlaneBinaries } from '../controlplane/build.ts';
import { startControllerManager } from '../controlplane/controller-manager.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/start.ts';
import type { ReleaseName, Values } from './chart.ts';
import { startNode } from './node.ts';

const BINARIES: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'];
const BINARIES_FOR_NODE: readonly BinaryName[] = ['kube-scheduler', 'kwok'];

/** What makes pods of Deployments, and view of viewer. */
const CONTROLLERS = ['deployment', 'replicaset', 'clusterrole-aggregation', 'garbage-collector', 'namespace'];
/** A new node has a taint that keeps pods away until it is taken off here; those of Jobs can run there, too. */
const CONTROLLERS_FOR_NODE = ['node-lifecycle', 'job'];

/** A cluster that Helm installs into: a control plane with the controllers that the chart has to do with. */
export class Installation implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly #helm: Helm;

  private constructor(controlPlane: ControlPlane, helm: Helm) {
    this.controlPlane = controlPlane;
    this.#helm = helm;
  }

  /** With a node, pods look alive; without one they wait for it. */
  static async open({ hasNode = false }: { readonly hasNode?: boolean } = {}): Promise<Installation> {
    const binaries = await controlPlaneBinaries(hasNode ? [...BINARIES, ...BINARIES_FOR_NODE] : BINARIES);
    const controlPlane = await startControlPlane({ binaries });
    const { folder, kubeconfig } = controlPlane;
    const controllers = hasNode ? [...CONTROLLERS, ...CONTROLLERS_FOR_NODE] : CONTROLLERS;
    try {
      await startControllerManager(controlPlane, binaries, controllers);
      if (hasNode) await startNode(controlPlane, binaries);
      return new Installation(controlPlane, await openHelm({ folder, kubeconfig }));
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  /** `helm install` or `helm upgrade`. */
  release(
    command: 'install' | 'upgrade',
    { name, namespace }: ReleaseName,
    values: Values = {},
    { chart = CHART, flags = [] }: { readonly chart?: string; readonly flags?: readonly string[] } = {},
  ): Promise<Output> {
    const args = [command, name, chart, `--namespace=${namespace}`, '--values=-', ...flags];
    return this.#helm(args, JSON.stringify(values));
  }

  uninstall({ name, namespace }: ReleaseName): Promise<Output> {
    return this.#helm(['uninstall', name, `--namespace=${namespace}`]);
  }

  /** kubectl that throws when it fails; returns what it printed. */
  async kubectl(words: string, input?: string): Promise<string> {
    const { stdout, stderr, code } = await this.controlPlane.kubectl(
      words.split(' '),
      input === undefined ? {} : { input },
    );
    if (code !== 0) throw new Error(`kubectl ${words} failed: ${stderr}`);
    return stdout;
  }

  /** A copy of the chart as an earlier version could have been: its CRD has one column less. */
  async earlierChart(): Promise<string> {
    const folder = join(this.controlPlane.folder, 'earlier-chart');
    cpSync(CHART, folder, { recursive: true });
    const file = join(folder, 'files/crds/kpimailer.io_qlikservers.yaml');
    const crd = parse(await readFile(file, 'utf8')) as {
      spec: { versions: { additionalPrinterColumns: unknown[] }[] };
    };
    crd.spec.versions[0]?.additionalPrinterColumns.shift();
    await writeFile(file, stringify(crd));
    return folder;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.controlPlane.stop();
  }
}
