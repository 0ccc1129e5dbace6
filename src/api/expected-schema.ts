// Made from src/api by `make generate`; do not edit.

/** Tells the schema of this build from others; the CustomResourceDefinition is annotated with it. */
export const SCHEMA_HASH = '24079edc999b265a';

/** Paths of the fields of QlikServer.status. */
export const STATUS_FIELDS: readonly string[] = [
  'observedGeneration',
  'conditions',
  'conditions.type',
  'conditions.status',
  'conditions.observedGeneration',
  'conditions.lastTransitionTime',
  'conditions.reason',
  'conditions.message',
  'checks',
  'checks.summary',
  'checks.lastTime',
  'checks.duration',
  'checks.failingSince',
  'checks.signInProvedTime',
  'checks.connectionFingerprint',
  'endpoint',
  'product',
  'product.name',
  'product.version',
  'product.id',
  'credential',
  'credential.state',
  'credential.nextAttemptTime',
  'certificate',
  'certificate.subject',
  'certificate.issuer',
  'certificate.notAfter',
  'certificate.fingerprint',
  'lastHandledReconcileAt',
];
