import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const HELP =
  'Install it from https://go.dev/dl/, or point KUBEBUILDER_ASSETS to a folder with the binaries ' +
  '(export KUBEBUILDER_ASSETS="$(setup-envtest use 1.36 -p path)")';

/** Rejects unless a Go that can build the binaries is on PATH, saying what to do about it. */
export async function requireGo(needed: string): Promise<void> {
  const found = await installedGo();
  if (found === undefined)
    throw new Error(`Go ${needed} or newer is needed, but there is no go on PATH. ${HELP}`);
  if (!isAtLeast(found, needed))
    throw new Error(`Go ${needed} or newer is needed, but go is ${found}. ${HELP}`);
}

/** Without this setting an old Go would quietly download a new one. */
async function installedGo(): Promise<string | undefined> {
  try {
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], { cwd: '/', env });
    return stdout.trim().replace(/^go/, '');
  } catch {
    return undefined;
  }
}

/** Compares major and minor only: every patch of a Go release builds the same language. */
function isAtLeast(found: string, needed: string): boolean {
  const [major = 0, minor = 0] = numbers(found);
  const [neededMajor = 0, neededMinor = 0] = numbers(needed);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

function numbers(version: string): number[] {
  return [...version.matchAll(/\d+/g)].map(Number);
}
