import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { API_VERSION, CREDENTIALS_LABEL, GROUP, VERSION } from '../../../src/api/group.ts';
import { kubeconfigAccess } from '../../../src/kubernetes/access.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { Absence } from '../../../src/kubernetes/reachability.ts';
import { Reflector, type ReflectorOptions } from '../../../src/kubernetes/reflector.ts';
import { CONFIG_MAPS, collectionPath, SECRETS, type Resource } from '../../../src/kubernetes/resource.ts';
import { RestClient } from '../../../src/kubernetes/rest.ts';
import { Store } from '../../../src/kubernetes/store.ts';
import { startControlPlane } from '../../controlplane/start.ts';
import { until } from '../../controlplane/until.ts';
import { MINIMAL } from '../crd/specs.ts';
import { freshNamespace } from '../namespace.ts';

const QLIK_SERVERS: Resource = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikservers' };
const SELECTOR = `${CREDENTIALS_LABEL.name}=${CREDENTIALS_LABEL.value}`;

let parts: AsyncDisposableStack;

beforeEach(() => {
  parts = new AsyncDisposableStack();
});

afterEach(async () => {
  await parts.disposeAsync();
});

async function clientOf(kubeconfig: string): Promise<RestClient> {
  const rest = new RestClient(await kubeconfigAccess(kubeconfig));
  parts.defer(() => rest.close());
  return rest;
}

/** A store that is kept equal to a resource, until the test ends. */
function reflected(options: Omit<ReflectorOptions<KubernetesObject>, 'store'>) {
  const store = new Store<KubernetesObject>();
  const reflector = new Reflector({ store, ...options });
  reflector.start();
  parts.defer(() => reflector.stop());
  return { store, reflector };
}

/** Writes through the API server, the plain way. */
function writer(rest: RestClient, resource: Resource, namespace: string) {
  const path = collectionPath(resource, namespace);
  const label = (labels: object) => ({ metadata: { labels } });
  return {
    create: (name: string, object: object, labels: object = {}) =>
      rest.request<KubernetesObject>({
        method: 'POST',
        path,
        body: { ...object, metadata: { name, namespace, labels } },
      }),
    label: (name: string, labels: object) =>
      rest.request<KubernetesObject>({ method: 'PATCH', path: `${path}/${name}`, body: label(labels) }),
    delete: (name: string) => rest.request({ method: 'DELETE', path: `${path}/${name}` }),
  };
}

const qlikServer = { apiVersion: API_VERSION, kind: 'QlikServer', spec: MINIMAL };
const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };

function names(store: Store<KubernetesObject>): string[] {
  return [...store.values()].map(({ metadata }) => metadata.name).sort();
}

describe('Reflector', () => {
  test('follows QlikServers that exist, come, change and go', async () => {
    const namespace = (await freshNamespace()).name;
    const rest = await clientOf(inject('controlPlane').kubeconfig);
    const write = writer(rest, QLIK_SERVERS, namespace);
    await Promise.all([write.create('a', qlikServer), write.create('b', qlikServer)]);
    const onError = vi.fn<(error: unknown) => void>();
    const { store, reflector } = reflected({ rest, resource: QLIK_SERVERS, namespace, onError });
    await reflector.synced;
    expect(names(store)).toEqual(['a', 'b']);

    const made = await write.create('c', qlikServer);
    await until('c is there', () => store.get(`${namespace}/c`)?.metadata.uid === made.metadata.uid);
    expect(store.get(`${namespace}/c`)).toMatchObject({ kind: 'QlikServer', spec: MINIMAL });
    await write.label('b', { changed: 'yes' });
    await until('b is new', () => store.get(`${namespace}/b`)?.metadata.labels?.['changed'] === 'yes');
    await write.delete('a');
    await until('a is gone', () => store.get(`${namespace}/a`) === undefined);
    expect(names(store)).toEqual(['b', 'c']);

    await write.delete('c');
    const { metadata } = await write.create('c', qlikServer);
    await until('the namesake is there', () => store.get(`${namespace}/c`)?.metadata.uid === metadata.uid);
    expect(onError).not.toHaveBeenCalled();
    expect(reflector.silence).toBeLessThan(30_000);
  });

  test('sees no other namespace, and all of them without one', async () => {
    const [one, two] = [await freshNamespace(), await freshNamespace()];
    const rest = await clientOf(inject('controlPlane').kubeconfig);
    for (const { name } of [one, two]) await writer(rest, CONFIG_MAPS, name).create('seen', configMap);
    const inOne = reflected({ rest, resource: CONFIG_MAPS, namespace: one.name });
    const everywhere = reflected({ rest, resource: CONFIG_MAPS });
    await Promise.all([inOne.reflector.synced, everywhere.reflector.synced]);
    expect([...inOne.store.keys()]).toEqual([`${one.name}/seen`]);
    expect([...everywhere.store.keys()]).toEqual(
      expect.arrayContaining([`${one.name}/seen`, `${two.name}/seen`]),
    );
  });

  test('watches labelled Secrets without a byte of their data', async () => {
    const namespace = (await freshNamespace()).name;
    const rest = await clientOf(inject('controlPlane').kubeconfig);
    const write = writer(rest, SECRETS, namespace);
    const secret = { apiVersion: 'v1', kind: 'Secret', stringData: { password: 'hush-hush' } };
    const labels = { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value };
    await write.create('before', secret, labels);
    await write.create('other', secret);
    const options = { rest, resource: SECRETS, namespace, labelSelector: SELECTOR, metadataOnly: true };
    const { store, reflector } = reflected(options);
    await reflector.synced;
    await write.create('after', secret, labels);
    await until('the new one is there', () => store.size === 2);
    expect(names(store)).toEqual(['after', 'before']);
    for (const object of store.values()) {
      expect(object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { labels } });
      expect(Object.keys(object).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
      expect(JSON.stringify(object)).not.toContain(Buffer.from('hush-hush').toString('base64'));
    }

    await write.label('before', { [CREDENTIALS_LABEL.name]: null });
    await until('one without the label is gone', () => store.size === 1);
    expect(names(store)).toEqual(['after']);
  });

  test('loses no object and no change when the API server crashes', async () => {
    const controlPlane = parts.use(await startControlPlane({ binaries: inject('controlPlane').binaries }));
    const rest = await clientOf(controlPlane.kubeconfig);
    const absences: Absence[] = [];
    rest.reachability.onBack((absence) => absences.push(absence));
    const write = writer(rest, CONFIG_MAPS, 'default');
    for (const name of ['kept', 'changed', 'gone']) await write.create(name, configMap);
    const onError = vi.fn<(error: unknown) => void>();
    const { store, reflector } = reflected({ rest, resource: CONFIG_MAPS, namespace: 'default', onError });
    await reflector.synced;

    // Somebody writes all the time, whenever the API server can be reached.
    const over = new AbortController();
    let last = 0;
    const writing = (async () => {
      for (let count = 1; !over.signal.aborted; count += 1) {
        await write.label('changed', { count: String(count) }).then(
          () => (last = count),
          () => new Promise((resolve) => setImmediate(resolve)),
        );
      }
    })();
    await controlPlane.restartApiServer({ signal: 'SIGKILL' });
    await Promise.all([write.create('made', configMap), write.delete('gone')]);
    over.abort();
    await writing;

    const count = () => store.get('default/changed')?.metadata.labels?.['count'];
    await until('the last change is there', () => count() === String(last));
    await until('the others are as they should be', () => {
      const present = names(store).filter((name) => name !== 'kube-root-ca.crt');
      return present.join(' ') === 'changed kept made';
    });
    // An outage is told once, by the client, not by each watch.
    expect(onError).not.toHaveBeenCalled();
    expect(absences).toHaveLength(1);
    const { metadata } = await write.create('afterwards', configMap);
    await until('it follows again', () => store.get('default/afterwards')?.metadata.uid === metadata.uid);
  });

  test('takes what was restored from a backup, older versions included', async () => {
    const controlPlane = parts.use(await startControlPlane({ binaries: inject('controlPlane').binaries }));
    const rest = await clientOf(controlPlane.kubeconfig);
    const write = writer(rest, CONFIG_MAPS, 'default');
    for (const name of ['kept', 'changed', 'gone']) await write.create(name, configMap);
    await write.label('changed', { count: 'before' });
    await controlPlane.backup();
    // Many, so that what happens after the restore stays behind the versions known before it.
    for (let count = 0; count < 200; count += 1) await write.label('changed', { count: String(count) });
    await write.delete('gone');
    await write.create('made', configMap);
    const { store, reflector } = reflected({ rest, resource: CONFIG_MAPS, namespace: 'default' });
    await reflector.synced;
    await until('the last change is there', () => store.get('default/made') !== undefined);

    await controlPlane.restore();
    await until(
      'the store is as it was at the backup',
      () => {
        const present = names(store).filter((name) => name !== 'kube-root-ca.crt');
        const count = store.get('default/changed')?.metadata.labels?.['count'];
        return present.join(' ') === 'changed gone kept' && count === 'before';
      },
      { deadlineMs: 30_000 },
    );
    await write.label('changed', { count: 'after' });
    await until('it follows', () => store.get('default/changed')?.metadata.labels?.['count'] === 'after');
    expect(store.get('default/made')).toBeUndefined();
  });
});
