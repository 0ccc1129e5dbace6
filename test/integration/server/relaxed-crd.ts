import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import type { Api } from './api.ts';

const CRD = join(import.meta.dirname, '../../../crds/kpimailer.io_qlikservers.yaml');

/** Installs the CRD with one second as the least `checks.interval`. */
export async function applyRelaxedCrd({ kubectl }: Pick<ControlPlane, 'kubectl'>, api: Api): Promise<void> {
  const released = readFileSync(CRD, 'utf8');
  const relaxed = released.replace(`>= duration('10s')`, `>= duration('1s')`);
  if (relaxed === released) throw new Error('checks.interval has another lower bound now');
  const { code, stderr } = await kubectl(['apply', '--filename=-'], { input: relaxed });
  if (code !== 0) throw new Error(`kubectl apply of the CRD failed:\n${stderr}`);
  await until('QlikServers are served', () =>
    api.get('/apis/kpimailer.io/v1alpha1/qlikservers').then(
      () => true,
      () => false,
    ),
  );
}
