import { join } from 'node:path';
import { type Output, runCommand } from './command.ts';

/** `kubectl(['apply', '-f', '-'], { input })` */
export type Kubectl = (args: readonly string[], options?: { readonly input?: string }) => Promise<Output>;

/** The real kubectl, tied to one kubeconfig and cut off from the settings and caches in the developer's home. */
export function kubectlFor(binaries: string, folder: string, kubeconfig: string): Kubectl {
  const fixed = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, 'kubectl-cache')}`];
  const env = { ...process.env, KUBERC: 'off' };
  return (args, { input = '' } = {}) =>
    runCommand(join(binaries, 'kubectl'), [...fixed, ...args], { env, input });
}
