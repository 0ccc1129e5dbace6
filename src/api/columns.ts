import { CHECKS } from './conditions.ts';
import { SERVER_LABEL } from './group.ts';

/** A column of `kubectl get`; those with priority 1 appear with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date' | 'integer';
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 1;
}

const conditionPath = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;

const checkColumns = CHECKS.map((check): PrinterColumn => ({
  name: check.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, '-'),
  type: 'string',
  jsonPath: conditionPath(check, 'status'),
  description: `Whether the check ${check} passes.`,
  priority: 1,
}));

/** Columns of `kubectl get qlikservers`. The texts are shown as hover help by graphical clients. */
export const QLIK_SERVER_COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: conditionPath('Ready', 'status'),
    description: 'Whether the server can be relied on.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: conditionPath('Ready', 'reason'),
    description: 'Why; see docs/reasons.md.',
  },
  {
    name: 'Checks',
    type: 'string',
    jsonPath: '.status.checks.summary',
    description: 'Passed checks of all checks.',
  },
  {
    name: 'URL',
    type: 'string',
    jsonPath: '.status.endpoint',
    description: 'Address the checks are made against.',
  },
  {
    name: 'Apps',
    type: 'integer',
    jsonPath: '.status.appSync.apps',
    description: 'QlikApps of this server.',
  },
  {
    name: 'Running',
    type: 'string',
    jsonPath: '.status.executions.summary',
    description: 'Slots taken of all slots, and how many executions wait.',
  },
  {
    name: 'Last-Sync',
    type: 'date',
    jsonPath: '.status.appSync.lastTime',
    description: 'How long ago the apps were synced completely.',
  },
  { name: 'Type', type: 'string', jsonPath: '.spec.type', description: 'Kind of Qlik server.', priority: 1 },
  {
    name: 'Display-Name',
    type: 'string',
    jsonPath: '.spec.displayName',
    description: 'Name for people.',
    priority: 1,
  },
  {
    name: 'Configured',
    type: 'string',
    jsonPath: conditionPath('Configured', 'status'),
    description: 'Whether all that is known without the network is in order.',
    priority: 1,
  },
  {
    name: 'Since',
    type: 'date',
    jsonPath: conditionPath('Ready', 'lastTransitionTime'),
    description: 'How long Ready has had its status.',
    priority: 1,
  },
  {
    name: 'Last-Check',
    type: 'date',
    jsonPath: '.status.checks.lastTime',
    description: 'How long ago the connection was checked, as of the last status write.',
    priority: 1,
  },
  ...checkColumns,
  {
    name: 'Expires',
    type: 'string',
    jsonPath: '.status.certificate.notAfter',
    description: 'When the client certificate expires.',
    priority: 1,
  },
  {
    name: 'Message',
    type: 'string',
    jsonPath: conditionPath('Ready', 'message'),
    description: 'What was seen, and what to do.',
    priority: 1,
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object.' },
];

/** Columns of `kubectl get qlikapps`. */
export const QLIK_APP_COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Server',
    type: 'string',
    jsonPath: `.metadata.labels.${SERVER_LABEL.replaceAll('.', String.raw`\.`)}`,
    description: 'QlikServer the app belongs to.',
  },
  { name: 'App', type: 'string', jsonPath: '.app.name', description: 'Name of the app in Qlik.' },
  {
    name: 'In',
    type: 'string',
    jsonPath: '.app.publishedIn.name',
    description: 'Stream or space the app is published in.',
  },
  {
    name: 'Published',
    type: 'date',
    jsonPath: '.app.publishedAt',
    description: 'How long ago the app was published.',
  },
  {
    name: 'Reloaded',
    type: 'date',
    jsonPath: '.app.lastReloadAt',
    description: 'How long ago its data was last reloaded.',
  },
  {
    name: 'Missing',
    type: 'date',
    jsonPath: '.app.missingSince',
    description: 'For how long the app has not been listed any more.',
  },
  { name: 'ID', type: 'string', jsonPath: '.app.id', description: 'ID of the app in Qlik.', priority: 1 },
  { name: 'Owner', type: 'string', jsonPath: '.app.owner', description: 'Owner of the app.', priority: 1 },
  {
    name: 'Size',
    type: 'integer',
    jsonPath: '.app.size',
    description: 'Size of the app file in bytes.',
    priority: 1,
  },
];

/** Columns of `kubectl get qlikconnectiontests`. */
export const QLIK_CONNECTION_TEST_COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: conditionPath('Ready', 'status'),
    description: 'Whether every check passes; Unknown while the test is under way.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: conditionPath('Ready', 'reason'),
    description: 'Why; see docs/reasons.md.',
  },
  {
    name: 'Checks',
    type: 'string',
    jsonPath: '.status.checks.summary',
    description: 'Passed checks of all checks.',
  },
  {
    name: 'Server',
    type: 'string',
    jsonPath: '.spec.serverRef.name',
    description: 'QlikServer that is tried; none: one that is not applied yet.',
  },
  { name: 'URL', type: 'string', jsonPath: '.status.endpoint', description: 'Address that was tried.' },
  {
    name: 'Completed',
    type: 'date',
    jsonPath: '.status.completionTime',
    description: 'How long ago the test ended.',
  },
  ...checkColumns,
  {
    name: 'Message',
    type: 'string',
    jsonPath: conditionPath('Ready', 'message'),
    description: 'What was seen, and what to do.',
    priority: 1,
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object.' },
];

/** Columns of `kubectl get qlikexecutions`. */
export const QLIK_EXECUTION_COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Server',
    type: 'string',
    jsonPath: '.spec.serverRef.name',
    description: 'QlikServer that is used.',
  },
  { name: 'Slots', type: 'integer', jsonPath: '.spec.slots', description: 'Slots it takes.' },
  {
    name: 'Admitted',
    type: 'string',
    jsonPath: conditionPath('Admitted', 'status'),
    description: 'Whether the holder may work.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: conditionPath('Admitted', 'reason'),
    description: 'Why; see docs/qlikexecution.md.',
  },
  {
    name: 'Holder',
    type: 'string',
    jsonPath: '.spec.holderRef.name',
    description: 'Pod that holds the slot; none: a Lease of the same name does.',
  },
  {
    name: 'Expired',
    type: 'date',
    jsonPath: '.status.expiredTime',
    description: 'How long ago the slot was taken back.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object.' },
];

/** Columns of `kubectl get qlikexecutionledgers`. */
export const QLIK_EXECUTION_LEDGER_COLUMNS: readonly PrinterColumn[] = [
  { name: 'Limit', type: 'integer', jsonPath: '.ledger.limit', description: 'Slots in force.' },
  {
    name: 'Holders',
    type: 'string',
    jsonPath: '.ledger.entries[*].name',
    description: 'Who holds slots.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age of the object.' },
];
