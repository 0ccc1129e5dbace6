import { SCHEMA_HASH, STATUS_FIELDS } from './api/expected-schema.ts';
import { QLIK_SERVERS_CRD, SCHEMA_HASH_ANNOTATION, VERSION } from './api/group.ts';
import { inspectCrd } from './kubernetes/installed-crd.ts';
import type { ApiClient } from './kubernetes/term.ts';
import type { Log } from './telemetry/log.ts';

/** Throws when no status of this build could be written: better said once at the start than by every QlikServer. */
export async function refuseOlderCrd(rest: ApiClient, log: Log): Promise<void> {
  const finding = await inspectCrd(rest, {
    name: QLIK_SERVERS_CRD,
    version: VERSION,
    hash: SCHEMA_HASH,
    annotation: SCHEMA_HASH_ANNOTATION,
    statusFields: STATUS_FIELDS,
  });
  switch (finding.kind) {
    case 'same':
      return;
    case 'different':
      log.warn(
        { crd: QLIK_SERVERS_CRD },
        'the CustomResourceDefinition is of another version of the operator; it has all that is needed, and becomes the same with the next upgrade',
      );
      return;
    case 'unknown':
      log.warn(
        { crd: QLIK_SERVERS_CRD, why: finding.why },
        'the CustomResourceDefinition cannot be read, so it is not known whether it fits',
      );
      return;
    case 'lacking':
      throw new Error(
        `the CustomResourceDefinition ${QLIK_SERVERS_CRD} is older than this operator: it lacks status.${finding.fields.join(', status.')}; apply the one of this version (crds/ or the chart)`,
      );
  }
}
