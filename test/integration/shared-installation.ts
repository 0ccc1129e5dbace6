import { cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bundleOperator } from '../../deploy/bundle.ts';
import { secretsBinding } from '../installation/account.ts';
import { Chart, RELEASE, type Values } from '../installation/chart.ts';
import { Manifests, type Manifest } from '../installation/manifests.ts';
import { grantedRights, type Right } from '../installation/rights.ts';

/** What the tests set that a user would not: simulators are on loopback, nobody waits, and the log tells everything. */
export const TEST_VALUES: Values = { allowLocalTargets: true, minCheckInterval: '1s', logLevel: 'trace' };

/** The operator as users install it, made once for all test files: `inject('installation')`. */
export interface SharedInstallation {
  /** The script to run. */
  readonly bundle: string;
  /** What the chart renders; no namespace is bound to its ClusterRole for Secrets yet. */
  readonly manifests: readonly Manifest[];
  /** All that the operator may do once it is. */
  readonly granted: readonly Right[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly installation: SharedInstallation;
  }
}

/** Bundles the operator into the folder, where no later build replaces it, and renders the chart. */
export async function prepareInstallation(folder: string): Promise<SharedInstallation> {
  const bundle = await bundleOperator();
  await cp(dirname(bundle), folder, { recursive: true });
  const manifests = await (await Chart.open()).render(TEST_VALUES);
  const bound = new Manifests([...manifests.all, secretsBinding(manifests, RELEASE, 'any')]);
  return { bundle: join(folder, basename(bundle)), manifests: manifests.all, granted: grantedRights(bound) };
}
