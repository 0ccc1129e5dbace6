import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a command printed, and how it ended. A failure is a result: tests look at it. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 1 if a signal ended it. */
  readonly code: number;
}

/** `kubectl(['apply', '-f', '-'], { input })` */
export type Kubectl = (args: readonly string[], options?: { readonly input?: string }) => Promise<Output>;

/** The real kubectl, tied to one kubeconfig and cut off from the settings and caches in the developer's home. */
export function kubectlFor(binaries: string, folder: string, kubeconfig: string): Kubectl {
  const fixed = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(folder, 'kubectl-cache')}`];
  const env = { ...process.env, KUBERC: 'off' };
  return async (args, { input = '' } = {}) => {
    const child = spawn(join(binaries, 'kubectl'), [...fixed, ...args], { env, stdio: 'pipe' });
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
