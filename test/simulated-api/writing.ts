import { ApiError } from '../../src/kubernetes/api-error.ts';
import { badRequest, conflict, invalid, MODIFIED } from './failures.ts';
import { dropEmptyCollections, keepServerFields, metadataViolations } from './metadata.ts';
import { type ApiObject, copy, type Fields, isEqual, isRecord } from './object.ts';
import { apiVersionOf, type ApiResource, type Surroundings } from './resource.ts';
import type { Target } from './target.ts';

/** Reads a body as an object of the resource, in the namespace and under the name that the path says. */
export function decode(body: unknown, { resource, namespace, name }: Target): ApiObject {
  if (!isRecord(body)) throw badRequest('the body is not an object');
  const { metadata, ...rest } = copy(body) as Fields & { metadata?: ApiObject['metadata'] };
  const place = namespace === undefined ? {} : { namespace };
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const draft = { ...type, ...rest, metadata: { ...place, ...metadata } } as ApiObject;
  expectSame('apiVersion', draft.apiVersion, type.apiVersion);
  expectSame('kind', draft.kind, type.kind);
  expectSame('namespace', draft.metadata.namespace, namespace);
  if (name !== undefined) expectSame('name', draft.metadata.name, name);
  return draft;
}

function expectSame(what: string, given: string | undefined, expected: string | undefined): void {
  if (given !== expected)
    throw badRequest(
      `the ${what} of the object (${given}) does not match the ${what} of the request (${expected})`,
    );
}

/** Completes an object to be created; the uid and the time are the server's. */
export function prepareToCreate(
  draft: ApiObject,
  resource: ApiResource,
  { uid, time, suffix }: { readonly uid: string; readonly time: string; readonly suffix: string },
): void {
  const { metadata } = draft;
  if (metadata.resourceVersion)
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  metadata.name ||= metadata.generateName ? `${metadata.generateName}${suffix}` : '';
  metadata.uid = uid;
  metadata.creationTimestamp = time;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (resource.generation !== 'missing') metadata.generation = 1;
  complete(draft, resource);
  if (resource.hasStatus) setStatus(draft, resource.initialStatus?.());
  resource.prepareForCreate?.(draft);
}

/** Keeps of an object what a write to it, or to its status, may not change. */
export function prepareToUpdate(
  draft: ApiObject,
  before: ApiObject,
  { resource, subresource }: Target,
): ApiObject {
  if (subresource === 'status') return statusUpdate(draft, before, resource);
  keepServerFields(draft, before);
  if (resource.hasStatus) setStatus(draft, before.status);
  complete(draft, resource);
  if (resource.generation === 'counted' && !isEqual(content(draft), content(before)))
    draft.metadata.generation = (before.metadata.generation ?? 0) + 1;
  return draft;
}

/** A status write of a custom resource leaves everything else as it is; of a built-in one, only the spec. */
function statusUpdate(draft: ApiObject, before: ApiObject, resource: ApiResource): ApiObject {
  if (resource.isCustom) {
    const updated = copy(before);
    setStatus(updated, draft.status);
    return updated;
  }
  keepServerFields(draft, before);
  if (before.spec !== undefined) draft.spec = copy(before.spec);
  if (resource.kind === 'Pod' && before.metadata.ownerReferences !== undefined)
    draft.metadata.ownerReferences = copy(before.metadata.ownerReferences);
  draft.status ??= {};
  complete(draft, resource);
  return draft;
}

function setStatus(draft: ApiObject, status: Fields | undefined): void {
  if (status === undefined) delete draft.status;
  else draft.status = copy(status);
}

function complete(draft: ApiObject, resource: ApiResource): void {
  dropEmptyCollections(draft.metadata);
  resource.setDefaults?.(draft);
}

/** All that counts as a change to metadata.generation. */
function content(object: ApiObject): Fields {
  return { ...object, metadata: undefined };
}

export function checkVersion(draft: ApiObject, before: ApiObject, resource: ApiResource): void {
  const { name, resourceVersion } = draft.metadata;
  if (!resourceVersion && resource.needsVersionInPut)
    throw invalid(resource, name, [
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion)
    throw conflict(resource, name, MODIFIED);
}

export function checkValid(
  object: ApiObject,
  before: ApiObject | undefined,
  resource: ApiResource,
  surroundings: Surroundings,
): void {
  const { name } = object.metadata;
  if (name === '')
    throw invalid(resource, name, ['metadata.name: Required value: name or generateName is required']);
  const causes = [
    ...metadataViolations(object, before),
    ...(resource.violations?.(object, before, surroundings) ?? []),
  ];
  if (causes.length > 0) throw invalid(resource, name, causes);
}
