import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import type { Api } from './api.ts';

const CRDS = join(import.meta.dirname, '../../../crds');
const KINDS = ['qlikservers', 'qlikapps', 'qlikconnectiontests', 'qlikexecutions', 'qlikexecutionledgers'];

/** Installs the CRDs with one second as the least `checks.interval` and `appSync.interval`. */
export async function applyRelaxedCrds({ kubectl }: Pick<ControlPlane, 'kubectl'>, api: Api): Promise<void> {
  const released = globSync('*.yaml', { cwd: CRDS }).map((file) => readFileSync(join(CRDS, file), 'utf8'));
  const relaxed = released.map((crd) => crd.replaceAll(`>= duration('10s')`, `>= duration('1s')`));
  if (relaxed.join() === released.join()) throw new Error('the intervals have another lower bound now');
  const { code, stderr } = await kubectl(['apply', '--filename=-'], { input: relaxed.join('\n---\n') });
  if (code !== 0) throw new Error(`kubectl apply of the CRDs failed:\n${stderr}`);
  for (const kind of KINDS) {
    await until(`${kind} are served`, () =>
      api.get(`/apis/kpimailer.io/v1alpha1/${kind}`).then(
        () => true,
        () => false,
      ),
    );
  }
}
