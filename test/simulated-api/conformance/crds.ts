import type { RestClient } from '../../../src/kubernetes/rest.ts';
import { collectionPath } from '../../../src/kubernetes/resource.ts';
import { until } from '../../controlplane/until.ts';
import type { Fields } from '../object.ts';
import type { ApiResource } from '../resource.ts';
import { EXECUTIONS, GROUP, LEDGERS } from './samples.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Installs CustomResourceDefinitions that allow everything, as nothing about schemas is compared with them. */
export async function installSchemalessCrds(rest: RestClient): Promise<void> {
  for (const resource of [EXECUTIONS, LEDGERS]) {
    await rest.request({ method: 'POST', path: CRDS, body: schemalessCrd(resource) });
    await until(`${resource.plural} are served`, () => isServed(rest, resource));
  }
}

async function isServed(rest: RestClient, resource: ApiResource): Promise<boolean> {
  return rest.request({ method: 'GET', path: collectionPath(resource) }).then(
    () => true,
    () => false,
  );
}

function schemalessCrd({ plural, kind, hasStatus }: ApiResource): Fields {
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = {
    name: 'v1alpha1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema },
    ...(hasStatus ? { subresources: { status: {} } } : {}),
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [version],
    },
  };
}
