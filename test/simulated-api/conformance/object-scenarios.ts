import type { Fields } from '../object.ts';
import { type Sample, SAMPLES } from './samples.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const OTHER_UID = '11111111-1111-4111-8111-111111111111';

function withMetadata(object: object, metadata: Fields): Fields {
  const fields = object as Fields & { metadata: Fields };
  return { ...fields, metadata: { ...fields.metadata, ...metadata } };
}

/** What holds of every kind. */
export const OBJECT_SCENARIOS: readonly Scenario[] = SAMPLES.flatMap((sample) =>
  scenariosOf(sample).map(({ name, run }) => ({ name: `${sample.resource.plural}: ${name}`, run })),
);

function scenariosOf({ resource, body, change }: Sample): Scenario[] {
  return scenarios({
    'an object is created, read, changed and deleted': async (api) => {
      await api.create(resource, body);
      await api.get(resource, 'one');
      await api.patch(resource, 'one', change);
      await api.get(resource, 'one');
      await api.delete(resource, 'one', { propagationPolicy: 'Background' });
      await api.get(resource, 'one');
    },
    'a name is taken until it is deleted, and then given to another object': async (api) => {
      await api.create(resource, body);
      await api.create(resource, body);
      await api.delete(resource, 'one', { propagationPolicy: 'Background' });
      await api.create(resource, body);
    },
    'what is missing is not found': async (api) => {
      await api.get(resource, 'one');
      await api.patch(resource, 'one', change);
      await api.delete(resource, 'one');
      await api.create(resource, body, 'no-such-namespace');
    },
    'a PUT needs the version it was read at': async (api) => {
      const read = await api.create(resource, body);
      await api.patch(resource, 'one', change);
      await api.put(resource, 'one', read);
      const fresh = await api.get(resource, 'one');
      await api.put(resource, 'one', withMetadata(fresh, { labels: { put: 'yes' } }));
      await api.put(resource, 'one', fresh);
    },
    'a PUT without a version': async (api) => {
      const { metadata } = await api.create(resource, body);
      await api.put(resource, 'one', withMetadata(body, { labels: { put: 'yes' } }));
      const uid = { uid: metadata.uid, labels: { put: 'again' } };
      await api.put(resource, 'one', withMetadata(body, uid));
    },
    'a PUT that changes nothing keeps the version': async (api) => {
      const { metadata } = await api.create(resource, body);
      const same = withMetadata(await api.get(resource, 'one'), {
        resourceVersion: metadata.resourceVersion,
      });
      await api.put(resource, 'one', same);
      await api.get(resource, 'one');
    },
    'a patch with a version is refused once another write was faster': async (api) => {
      const { metadata } = await api.create(resource, body);
      const { resourceVersion } = metadata;
      await api.patch(resource, 'one', { ...change, metadata: { resourceVersion } });
      await api.patch(resource, 'one', { metadata: { resourceVersion, labels: { late: 'yes' } } });
      await api.patch(resource, 'one', { metadata: { resourceVersion } });
      await api.get(resource, 'one');
    },
    'a patch that changes nothing keeps the version, so that an older one still passes': async (api) => {
      await api.create(resource, body);
      // Not the creation: the first write after it may write defaults down, and so change the version after all.
      const { metadata } = await api.patch(resource, 'one', { metadata: { labels: { a: 'b' } } });
      const { resourceVersion } = metadata;
      await api.patch(resource, 'one', { metadata: { labels: { a: 'b' } } });
      await api.patch(resource, 'one', { metadata: { resourceVersion } });
      await api.patch(resource, 'one', { metadata: { resourceVersion, labels: { a: 'c' } } });
    },
    'a write for another uid is refused': async (api) => {
      const read = await api.create(resource, body);
      const { uid } = read.metadata;
      await api.patch(resource, 'one', { metadata: { uid: OTHER_UID, labels: { a: 'b' } } });
      await api.patch(resource, 'one', { metadata: { uid, labels: { a: 'b' } } });
      const fresh = await api.get(resource, 'one');
      await api.put(resource, 'one', withMetadata(fresh, { uid: OTHER_UID }));
      await api.put(resource, 'one', withMetadata(fresh, { uid, labels: { a: 'd' } }));
    },
    'a write for another uid and an old version is refused': async (api) => {
      const { metadata } = await api.create(resource, body);
      const { resourceVersion } = metadata;
      await api.patch(resource, 'one', { metadata: { annotations: { a: 'b' } } });
      await api.patch(resource, 'one', { metadata: { uid: OTHER_UID, resourceVersion, labels: { a: 'b' } } });
    },
    'a DELETE with preconditions': async (api) => {
      const { metadata } = await api.create(resource, body);
      const { uid, resourceVersion } = metadata;
      const remove = (preconditions: Fields) =>
        api.delete(resource, 'one', { propagationPolicy: 'Background', preconditions });
      await api.patch(resource, 'one', { metadata: { annotations: { a: 'b' } } });
      await remove({ uid: OTHER_UID });
      await remove({ resourceVersion });
      await remove({ uid, resourceVersion });
      await remove({ uid });
      await api.get(resource, 'one');
    },
    'labels and annotations are no change to the generation': async (api) => {
      await api.create(resource, body);
      await api.patch(resource, 'one', { metadata: { labels: { a: 'b', c: 'd' }, annotations: { e: 'f' } } });
      await api.patch(resource, 'one', { metadata: { labels: { a: null }, annotations: null } });
      await api.patch(resource, 'one', { metadata: { labels: { c: null }, generation: 7 } });
      await api.patch(resource, 'one', { metadata: { labels: {} } });
      await api.get(resource, 'one');
    },
    'what the server decides is not taken from a client': async (api) => {
      const times = { creationTimestamp: '2001-01-01T00:00:00Z', deletionTimestamp: '2001-01-01T00:00:00Z' };
      await api.create(resource, withMetadata(body, { ...times, uid: OTHER_UID, generation: 9 }));
      await api.patch(resource, 'one', { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } });
      await api.patch(resource, 'one', { metadata: { deletionGracePeriodSeconds: 5 } });
      await api.patch(resource, 'one', { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } });
      await api.patch(resource, 'one', { metadata: { generation: 5 } });
      await api.get(resource, 'one');
    },
    'a bad request': async (api) => {
      await api.create(resource, withMetadata(body, { namespace: 'elsewhere' }));
      await api.create(resource, withMetadata(body, { name: undefined }));
      await api.create(resource, withMetadata(body, { name: 'Not_A_Name' }));
      await api.create(resource, withMetadata(body, { resourceVersion: '5' }));
      await api.create(resource, withMetadata(body, { labels: { a: 'not a value' } }));
      await api.create(resource, withMetadata(body, { labels: { a: 'x'.repeat(64) } }));
      await api.create(resource, withMetadata(body, { labels: { '/a': 'b' } }));
      const made = await api.create(resource, body);
      await api.put(resource, 'one', withMetadata(made, { name: 'two' }));
      await api.put(resource, 'one', withMetadata(made, { namespace: 'elsewhere' }));
      await api.patch(resource, 'one', { metadata: { name: 'two' } });
      await api.patch(resource, 'one', { metadata: { namespace: 'elsewhere' } });
    },
    'a generated name': async (api) => {
      await api.create(resource, withMetadata(body, { name: undefined, generateName: 'some-' }));
      await api.list(resource);
      await api.create(resource, withMetadata(body, { name: undefined, generateName: 'some-' }));
    },
    'a finalizer holds an object back': async (api) => {
      await api.create(resource, withMetadata(body, { finalizers: ['example.com/hold'] }));
      await api.delete(resource, 'one', { propagationPolicy: 'Background' });
      await api.delete(resource, 'one', { propagationPolicy: 'Background' });
      await api.create(resource, body);
      await api.patch(resource, 'one', {
        metadata: { finalizers: ['example.com/hold', 'example.com/late'] },
      });
      await api.patch(resource, 'one', { metadata: { labels: { still: 'changeable' } } });
      await api.patch(resource, 'one', { metadata: { finalizers: null } });
      await api.get(resource, 'one');
    },
    'the garbage collector is asked before a deletion in the foreground, and by an orphaning one': async (
      api,
    ) => {
      for (const propagationPolicy of ['Foreground', 'Orphan'] as const) {
        await api.create(resource, body);
        await api.delete(resource, 'one', { propagationPolicy });
        await api.get(resource, 'one');
        await api.delete(resource, 'one', { propagationPolicy });
        await api.delete(resource, 'one');
        await api.patch(resource, 'one', { metadata: { finalizers: [] } });
        await api.get(resource, 'one');
      }
    },
    'another deletion changes what the garbage collector is asked': async (api) => {
      await api.create(resource, body);
      await api.delete(resource, 'one', { propagationPolicy: 'Orphan' });
      await api.delete(resource, 'one', { propagationPolicy: 'Foreground' });
      await api.delete(resource, 'one', { propagationPolicy: 'Background' });
      await api.get(resource, 'one');
    },
    'a DELETE without options, and with options in the query': async (api) => {
      await api.create(resource, body);
      await api.delete(resource, 'one');
      await api.get(resource, 'one');
      await api.patch(resource, 'one', { metadata: { finalizers: [] } });
      await api.create(resource, body);
      await api.delete(resource, 'one', undefined, { propagationPolicy: 'Foreground' });
      await api.get(resource, 'one');
    },
    'an owner is kept as it is written': async (api) => {
      const owner = { apiVersion: 'v1', kind: 'Pod', name: 'owner', uid: OTHER_UID, controller: true };
      await api.create(
        resource,
        withMetadata(body, { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] }),
      );
      await api.patch(resource, 'one', { metadata: { ownerReferences: [] } });
      await api.get(resource, 'one');
    },
  });
}
