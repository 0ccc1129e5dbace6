import { SCHEMA_HASH, STATUS_FIELDS } from './api/expected-schema.ts';
import { GROUP, SCHEMA_HASH_ANNOTATION, VERSION } from './api/group.ts';
import { inspectCrd } from './kubernetes/installed-crd.ts';
import type { ApiClient } from './kubernetes/term.ts';
import type { Log } from './telemetry/log.ts';

const NAME = `qlikservers.${GROUP}`;

/** Throws when no status of this build could be written: better said once at the start than by every QlikServer. */
export async function refuseOlderCrd(rest: ApiClient, log: Log): Promise<void> {
  const finding = await inspectCrd(rest, {
    name: NAME,
    version: VERSION,
    hash: SCHEMA_HASH,
    annotation: SCHEMA_HASH_ANNOTATION,
    statusFields: STATUS_FIELDS,
  });
  switch (finding.kind) {
    case 'same':
      return;
    case 'different':
      log.warn({ crd: NAME }, 'the CustomResourceDefinition is of another version of the operator');
      return;
    case 'unknown':
      log.warn(
        { crd: NAME },
        'the CustomResourceDefinition may not be read, so it is not known whether it fits',
      );
      return;
    case 'lacking':
      throw new Error(
        `the CustomResourceDefinition ${NAME} is older than this operator: it lacks status.${finding.fields.join(', status.')}; apply the one of this version (crds/ or the chart)`,
      );
  }
}
