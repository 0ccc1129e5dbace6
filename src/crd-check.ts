import { EXPECTED_SCHEMAS } from './api/expected-schema.ts';
import { SCHEMA_HASH_ANNOTATION, VERSION } from './api/group.ts';
import { inspectCrd } from './kubernetes/installed-crd.ts';
import type { ApiClient } from './kubernetes/term.ts';
import type { Log } from './telemetry/log.ts';

/** Throws when nothing of this build could be written: better said once at the start than by every object. */
export async function refuseOlderCrds(rest: ApiClient, log: Log): Promise<void> {
  for (const expected of EXPECTED_SCHEMAS) await refuseOlderCrd(rest, log, expected);
}

type ExpectedSchema = (typeof EXPECTED_SCHEMAS)[number];

async function refuseOlderCrd(rest: ApiClient, log: Log, expected: ExpectedSchema): Promise<void> {
  const { name: crd } = expected;
  const finding = await inspectCrd(rest, {
    ...expected,
    version: VERSION,
    annotation: SCHEMA_HASH_ANNOTATION,
  });
  switch (finding.kind) {
    case 'same':
      return;
    case 'different':
      log.warn(
        { crd },
        'the CustomResourceDefinition is of another version of the operator; it has all that is needed, and becomes the same with the next upgrade',
      );
      return;
    case 'absent':
      log.warn({ crd }, 'the CustomResourceDefinition is not installed; apply crds/ or install the chart');
      return;
    case 'unknown':
      log.warn(
        { crd, why: finding.why },
        'the CustomResourceDefinition cannot be read, so it is not known whether it fits',
      );
      return;
    case 'lacking':
      throw new Error(
        `the CustomResourceDefinition ${crd} is older than this operator: it lacks ${finding.fields.join(', ')}; apply the one of this version (crds/ or the chart)`,
      );
  }
}
