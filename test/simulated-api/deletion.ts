import { conflict, invalid, NotSimulated, qualifiedName } from './failures.ts';
import { shortenOrStart } from './grace.ts';
import { type ApiObject, copy, type Fields, timeOf } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import type { ApiResource } from './resource.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly propagationPolicy?: Propagation;
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** The garbage collector is asked by these to do something before the object goes. */
export const FINALIZERS = { Orphan: 'orphan', Foreground: 'foregroundDeletion' } as const;

const KNOWN = new Set(['apiVersion', 'kind', 'propagationPolicy', 'gracePeriodSeconds', 'preconditions']);

/** The options of a DELETE, which stand in its body or, without one, in its query as text. */
export function deleteOptions(body: unknown, query: Readonly<Record<string, string>>): DeleteOptions {
  const given = (body ?? query) as Fields;
  const unknown = Object.keys(given).find((option) => !KNOWN.has(option));
  if (unknown !== undefined) throw new NotSimulated(`the option ${unknown} of a DELETE`);
  const { gracePeriodSeconds } = given;
  return gracePeriodSeconds === undefined
    ? given
    : { ...given, gracePeriodSeconds: Number(gracePeriodSeconds) };
}

interface Deletion {
  readonly store: ObjectStore;
  readonly resource: ApiResource;
  readonly now: number;
}

/** DELETE. The object is gone afterwards, unless somebody has to finish with it first. Returns the answer. */
export function deleteObject(object: ApiObject, options: DeleteOptions, deletion: Deletion): Fields {
  const { resource, store } = deletion;
  checkOptions(object, options, resource);
  if (resource.kind === 'Namespace') throw new NotSimulated('the deletion of a namespace');
  const draft = copy(object);
  const grace =
    resource.gracePeriod &&
    shortenOrStart(draft, options.gracePeriodSeconds, { resource, now: deletion.now });
  if (grace === 'pending') return answer(object, resource, false);
  setFinalizers(draft, options, resource);
  const isWaitedFor = draft.metadata.finalizers !== undefined;
  if (isWaitedFor) markAsDeleting(draft, grace, deletion.now);
  const kept = isWaitedFor || typeof grace === 'number' ? store.put(resource, draft) : object;
  if (isWaitedFor || (grace ?? 0) !== 0) return answer(kept, resource, false);
  return answer(store.delete(resource, kept), resource, true);
}

function checkOptions(object: ApiObject, options: DeleteOptions, resource: ApiResource): void {
  const { uid, resourceVersion } = object.metadata;
  const { preconditions = {}, propagationPolicy = 'Background' } = options;
  if (!['Background', 'Foreground', 'Orphan'].includes(propagationPolicy))
    throw invalid({ ...resource, root: '/apis/meta.k8s.io/v1', kind: 'DeleteOptions' }, '', [
      'propagationPolicy',
    ]);
  if (preconditions.uid !== undefined && preconditions.uid !== uid)
    throw conflict(
      resource,
      object.metadata.name,
      `the UID in the precondition (${preconditions.uid}) does not match`,
    );
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion)
    throw conflict(resource, object.metadata.name, 'the ResourceVersion in the precondition does not match');
}

function markAsDeleting({ metadata }: ApiObject, grace: number | undefined, now: number): void {
  if (grace !== undefined) return;
  if (metadata.deletionTimestamp === undefined && metadata.generation !== undefined) metadata.generation += 1;
  if (metadata.deletionTimestamp === undefined || Date.parse(metadata.deletionTimestamp) > now)
    metadata.deletionTimestamp = timeOf(now);
  metadata.deletionGracePeriodSeconds = 0;
}

/** What the request says about dependents goes before what an earlier one has said, and that before the default. */
function setFinalizers(draft: ApiObject, { propagationPolicy }: DeleteOptions, resource: ApiResource): void {
  const before = draft.metadata.finalizers ?? [];
  const ofCollector: readonly string[] = Object.values(FINALIZERS);
  const others = before.filter((name) => !ofCollector.includes(name));
  const earlier = before.find((name) => ofCollector.includes(name));
  const byDefault = resource.orphansByDefault ? FINALIZERS.Orphan : undefined;
  const asked =
    propagationPolicy === 'Background' ? undefined : propagationPolicy && FINALIZERS[propagationPolicy];
  const wanted = propagationPolicy === undefined ? (earlier ?? byDefault) : asked;
  const finalizers = [...others, ...(wanted === undefined ? [] : [wanted])];
  if (finalizers.length === 0) delete draft.metadata.finalizers;
  else draft.metadata.finalizers = finalizers;
}

function answer(object: ApiObject, resource: ApiResource, isGone: boolean): Fields {
  if (!isGone || resource.deleteReturnsObject) return object;
  const [plural, group] = qualifiedName(resource).split(/\.(.*)/su);
  const { name, uid } = object.metadata;
  const details = { name, ...(group === undefined ? {} : { group }), kind: plural, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Whether an update has taken the last finalizer of an object that waited for nothing else. */
export function isLetGo({ metadata }: ApiObject, { metadata: before }: ApiObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = before;
  const isDeleted = deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
  return isDeleted && metadata.finalizers === undefined;
}
