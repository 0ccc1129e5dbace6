import path from 'node:path';
import { controlPlaneBinaries } from '../test/controlplane/build.ts';
import { type Output, runCommand } from '../test/controlplane/command.ts';

export const CHART = path.resolve(import.meta.dirname, '../charts/qlik-operator');

/** `helm(['template', …])`; what stands in `input` is read by `--values=-`. */
export type Helm = (args: readonly string[], input?: string) => Promise<Output>;

/** Where releases are and what Helm keeps; nothing of the developer's own is read. */
export interface HelmHome {
  /** None for what needs no cluster. */
  readonly kubeconfig?: string;
  /** Folder for Helm's own files. It may be missing: rendering writes none. */
  readonly folder: string;
}

/** The real Helm of the control plane, found or built. */
export async function openHelm({ kubeconfig, folder }: HelmHome): Promise<Helm> {
  const command = path.join(await controlPlaneBinaries(['helm']), 'helm');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    HELM_CACHE_HOME: path.join(folder, 'helm/cache'),
    HELM_CONFIG_HOME: path.join(folder, 'helm/config'),
    HELM_DATA_HOME: path.join(folder, 'helm/data'),
    KUBECONFIG: kubeconfig ?? path.join(folder, 'no-kubeconfig'),
  };
  return (args, input = '') => runCommand(command, args, { env, input });
}
