/** The API group and version of every kind of this operator. */
export const GROUP = 'kpimailer.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Only Secrets with this label are ever read (docs/qlikserver.md, "Which Secrets"). */
export const CREDENTIALS_LABEL = { name: `${GROUP}/credentials`, value: 'true' } as const;

/** Name of the CustomResourceDefinition of QlikServer. */
export const QLIK_SERVERS_CRD = `qlikservers.${GROUP}`;

/** On a CustomResourceDefinition: which build it was made by. */
export const SCHEMA_HASH_ANNOTATION = `${GROUP}/schema-hash`;

/** Any new value of this annotation asks for a check now; it is echoed in `status.lastHandledReconcileAt`. */
export const REQUESTED_AT_ANNOTATION = `${GROUP}/requestedAt`;
