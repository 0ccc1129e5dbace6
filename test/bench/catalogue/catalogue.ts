import type { QlikApp } from '../../../src/api/qlikapp.ts';
import { until } from '../../controlplane/until.ts';
import { type Api, PATHS } from '../../integration/server/api.ts';
import type { Pair } from '../comparison.ts';
import { prepareNamespace } from '../fleet.ts';
import { Responder } from '../responder/responder.ts';
import type { Subject } from '../subjects.ts';
import type { Load } from '../window.ts';
import { measureFloor } from './floor.ts';
import type { CatalogueStage } from './stage.ts';
import { Syncs } from './syncs.ts';

/** So that the limit which protects the API server is not what is measured. */
const UNLIMITED = '--app-write-qps=10000';

export interface CatalogueResult {
  /** In the place of the peer, which knows no apps: the best of the bare loops. */
  readonly pair: Pair;
  readonly loads: readonly Load[];
}

/**
 * Measures the syncs of one site with many apps, then loops that create the same objects. All begin on a control plane
 * that was started for them, with the same data. `name` must be a new one.
 */
export async function measureCatalogue(
  stage: CatalogueStage,
  { api, operator, name }: { readonly api: Api; readonly operator: Subject; readonly name: string },
): Promise<CatalogueResult> {
  const { controlPlane, settings } = stage;
  const responder = await Responder.start(controlPlane.keeper, `${name}-site`, [
    `--latency=${settings.latency}ms`,
    `--apps=${settings.apps}`,
  ]);
  await prepareNamespace(api, responder, name);
  const served = () => untilServed(api, PATHS.apps(name));
  const beginAnew = () => controlPlane.restore().then(served);
  await controlPlane.backup();
  await served();
  const subject = { ...operator, args: [...operator.args, UNLIMITED] };
  const { figures, loads, apps } = await Syncs.measure(
    { ...stage, responder },
    { api, subject, name, namespace: name },
  );
  await responder.end();
  const path = `${PATHS.apps(name)}?fieldValidation=Strict`;
  const floor = await measureFloor(stage, { path, bodies: apps.map(bodyOf) }, beginAnew);
  await beginAnew();
  const peer = { catalogueFirst: floor.wall / 1000, catalogueFirstCpu: floor.cpu / apps.length };
  return { loads, pair: { operator: figures, peer } };
}

/** An API server that was just started refuses custom resources for a while. */
async function untilServed(api: Api, path: string): Promise<void> {
  const isServed = () =>
    api.get(path).then(
      () => true,
      () => false,
    );
  await until('QlikApps are served', isServed);
}

/** The object as it was created. */
function bodyOf({ apiVersion, kind, metadata, app }: QlikApp): string {
  const { name, namespace, labels, ownerReferences } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace, labels, ownerReferences }, app });
}
