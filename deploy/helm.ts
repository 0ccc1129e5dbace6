import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { controlPlaneBinaries } from '../test/controlplane/build.ts';

export const CHART = path.resolve(import.meta.dirname, '../charts/qlik-operator');

/** What Helm printed, and how it ended. A failure is a result: tests look at it. */
export interface HelmOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** `helm(['template', …])`; what stands in `input` is read by `--values=-`. */
export type Helm = (args: readonly string[], input?: string) => Promise<HelmOutput>;

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
  return async (args, input = '') => {
    const child = spawn(command, args, { env, stdio: 'pipe' });
    child.stdin.on('error', () => undefined); // It may end without reading.
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { stdout, stderr, code: code ?? 1 };
  };
}
