import { resolve } from 'node:path';
import type { ControlPlane } from './start.ts';
import { until } from './until.ts';

const CRDS = resolve(import.meta.dirname, '../../crds');

/** Installs the CRDs of the operator; resolves when the API server serves them. */
export async function installCrds({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  const { code, stderr } = await kubectl(['apply', `--filename=${CRDS}`]);
  if (code !== 0) throw new Error(`kubectl apply of ${CRDS} failed:\n${stderr}`);
  // Asked again and again: `kubectl wait` fails at once on a CRD that has no conditions yet.
  const wait = ['wait', '--for=condition=Established', '--timeout=30s', `--filename=${CRDS}`];
  await until('the CRDs are established', async () => (await kubectl(wait)).code === 0);
}
