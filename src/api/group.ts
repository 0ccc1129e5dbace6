/** The API group and version of every kind of this operator. */
export const GROUP = 'kpimailer.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Only Secrets with this label are ever read (docs/qlikserver.md, "Which Secrets"). */
export const CREDENTIALS_LABEL = { name: `${GROUP}/credentials`, value: 'true' } as const;

/** Names of the CustomResourceDefinitions. */
export const QLIK_SERVERS_CRD = `qlikservers.${GROUP}`;
export const QLIK_APPS_CRD = `qlikapps.${GROUP}`;

/** Labels of what the operator makes: the QlikServer it belongs to, and the stream or space of an app. */
export const SERVER_LABEL = `${GROUP}/qlik-server`;
export const PUBLISHED_IN_LABEL = `${GROUP}/published-in-id`;

/** On a CustomResourceDefinition: which build it was made by. */
export const SCHEMA_HASH_ANNOTATION = `${GROUP}/schema-hash`;

/** Any new value of this annotation asks for a check now; it is echoed in `status.lastHandledReconcileAt`. */
export const REQUESTED_AT_ANNOTATION = `${GROUP}/requestedAt`;

/** Any new value asks for a sync of the apps now; it is echoed in `status.lastHandledSyncAt`. */
export const SYNC_REQUESTED_AT_ANNOTATION = `${GROUP}/syncRequestedAt`;

/** Its value is the hash in the message of `AppsSynced` (SuspiciousListing): these apps are really gone. */
export const ACCEPT_REMOVALS_ANNOTATION = `${GROUP}/acceptRemovals`;
