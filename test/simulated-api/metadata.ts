import { type ApiObject, isEqual, isRecord, type Metadata } from './object.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/u;
const LABEL_NAME = /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/u;

const IMMUTABLE = ['name', 'namespace', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** Maps and lists that are left out when they are empty. */
const COLLECTIONS = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

export function dropEmptyCollections(metadata: Metadata): void {
  for (const field of COLLECTIONS) {
    if (metadata[field] !== undefined && Object.keys(metadata[field]).length === 0) delete metadata[field];
  }
}

/** What is wrong with the metadata of an object, or with the way to it. */
export function metadataViolations(object: ApiObject, before: ApiObject | undefined): string[] {
  const { metadata } = object;
  const { name, labels } = metadata;
  return [
    ...(name.length <= 253 && NAME.test(name) ? [] : [`metadata.name: Invalid value: "${name}"`]),
    ...labelViolations(labels, 'metadata.labels'),
    ...(before === undefined ? [] : updateViolations(metadata, before.metadata)),
  ];
}

export function labelViolations(labels: unknown, field: string): string[] {
  if (!isRecord(labels)) return [];
  return Object.entries(labels)
    .filter(([key, value]) => !isLabel(key, value))
    .map(([key, value]) => `${field}: Invalid value: "${key}=${String(value)}"`);
}

function isLabel(key: string, value: unknown): boolean {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  const isKey = parts.length === 0 || (parts.length === 1 && parts[0]!.length <= 253 && NAME.test(parts[0]!));
  return isKey && name.length <= 63 && LABEL_NAME.test(name) && isLabelValue(value);
}

function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 63 && LABEL_VALUE.test(value);
}

function updateViolations(metadata: Metadata, before: Metadata): string[] {
  const added = (metadata.finalizers ?? []).filter((name) => !(before.finalizers ?? []).includes(name));
  return [
    ...(before.deletionTimestamp === undefined || added.length === 0
      ? []
      : [`metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted`]),
    ...IMMUTABLE.filter((field) => metadata[field] !== before[field]).map((field) =>
      immutable(`metadata.${field}`),
    ),
  ];
}

export function immutable(field: string): string {
  return `${field}: Invalid value: field is immutable`;
}

/** The fields of a spec that an update may not change, and has. */
export function changedFields(object: ApiObject, before: ApiObject, fields: readonly string[]): string[] {
  return fields
    .filter((field) => !isEqual(object.spec?.[field], before.spec?.[field]))
    .map((field) => immutable(`spec.${field}`));
}

/** What the server alone decides: an update keeps it, or is refused for having another. */
export function keepServerFields({ metadata }: ApiObject, { metadata: before }: ApiObject): void {
  metadata.uid ||= before.uid;
  metadata.creationTimestamp = before.creationTimestamp;
  if (before.generation === undefined) delete metadata.generation;
  else metadata.generation = before.generation;
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined)
    metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
}
