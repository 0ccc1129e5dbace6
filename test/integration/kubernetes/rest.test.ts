import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { API_VERSION, GROUP, VERSION } from '../../../src/api/group.ts';
import { kubeconfigAccess, type ClusterAccess } from '../../../src/kubernetes/access.ts';
import { EventRecorder } from '../../../src/kubernetes/events.ts';
import { collectionPath, EVENTS, objectPath, SECRETS } from '../../../src/kubernetes/resource.ts';
import { RestClient } from '../../../src/kubernetes/rest.ts';
import { MINIMAL } from '../crd/specs.ts';
import { freshNamespace, type Namespace } from '../namespace.ts';

const QLIK_SERVERS = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikservers' };

let namespace: Namespace;
let access: ClusterAccess;
let rest: RestClient;

beforeAll(async () => {
  namespace = await freshNamespace();
  access = await kubeconfigAccess(inject('controlPlane').kubeconfig);
  rest = new RestClient(access);
});

afterAll(async () => {
  await rest.close();
});

function secret(name: string) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: namespace.name } };
}

describe('RestClient', () => {
  test('finds its way by a kubeconfig, and creates, reads, patches and deletes', async () => {
    expect(access).toMatchObject({ server: inject('controlPlane').url, namespace: 'default' });
    const at = { namespace: namespace.name, name: 'whole-life' };
    const path = objectPath(SECRETS, at);
    const body = secret(at.name);
    await rest.request({ method: 'POST', path: collectionPath(SECRETS, at.namespace), body });
    await rest.request({ method: 'PATCH', path, body: { metadata: { labels: { a: 'b' } } } });
    expect(await rest.request({ method: 'GET', path })).toMatchObject({ metadata: { labels: { a: 'b' } } });
    await rest.request({ method: 'DELETE', path });
    await expect(rest.request({ method: 'GET', path })).rejects.toMatchObject({
      name: 'ApiError',
      code: 404,
      reason: 'NotFound',
      message: 'secrets "whole-life" not found',
    });
  });

  test('throws 409 for a name that is taken, and for a version that is old', async () => {
    const request = { path: collectionPath(SECRETS, namespace.name), body: secret('twice') };
    const { metadata } = await rest.request<{ metadata: object }>({ method: 'POST', ...request });
    await expect(rest.request({ method: 'POST', ...request })).rejects.toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
    });
    const path = `${request.path}/twice`;
    await rest.request({ method: 'PATCH', path, body: { metadata: { labels: { a: 'b' } } } });
    const body = { ...request.body, metadata };
    await expect(rest.request({ method: 'PUT', path, body })).rejects.toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
  });

  test('throws 403 for what an account may not do', async () => {
    await namespace.kubectl(['create', 'serviceaccount', 'powerless']);
    const { stdout: token } = await namespace.kubectl(['create', 'token', 'powerless']);
    const { tls } = await access.credentials();
    const headers = { authorization: `Bearer ${token.trim()}` };
    const powerless = new RestClient({ ...access, credentials: () => Promise.resolve({ headers, tls }) });
    const request = { method: 'GET', path: collectionPath(SECRETS, namespace.name) } as const;
    await expect(powerless.request(request)).rejects.toMatchObject({ code: 403, reason: 'Forbidden' });
    await expect(powerless.stream({ ...request, query: { watch: 'true' } })).rejects.toMatchObject({
      code: 403,
    });
    await powerless.close();
  });

  test('throws what strict field validation finds', async () => {
    const body = {
      apiVersion: API_VERSION,
      kind: 'QlikServer',
      metadata: { name: 'misspelt', namespace: namespace.name },
      spec: { ...MINIMAL, suspendd: true },
    };
    const path = collectionPath(QLIK_SERVERS, namespace.name);
    const query = { fieldValidation: 'Strict' };
    await expect(rest.request({ method: 'POST', path, query, body })).rejects.toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: expect.stringContaining('unknown field "spec.suspendd"') as unknown,
    });
  });

  test('reads a rotated token when the one that it knows is refused', async () => {
    const good = await access.credentials();
    let headers: Record<string, string> = { authorization: 'Bearer outdated' };
    const credentials = () => Promise.resolve({ headers, tls: good.tls });
    const statuses: number[] = [];
    const client = new RestClient({ ...access, credentials }, (_, status) => statuses.push(status));
    const request = { method: 'GET', path: collectionPath(SECRETS, namespace.name) } as const;
    await expect(client.request(request)).rejects.toMatchObject({ code: 401, reason: 'Unauthorized' });
    headers = { ...good.headers };
    await client.request(request);
    expect(statuses).toEqual([401, 401, 401, 200]);
    headers = { authorization: 'Bearer outdated' };
    await client.request(request);
    await client.close();
  });

  test('refuses a server whose authority it does not know', async () => {
    const { headers } = await access.credentials();
    const stranger = new RestClient({ ...access, credentials: () => Promise.resolve({ headers, tls: {} }) });
    const request = { method: 'GET', path: '/version' } as const;
    await expect(stranger.request(request)).rejects.toThrow(/certificate/u);
    await stranger.close();
  });
});

test('EventRecorder writes an event that the API server takes, however long the note', async () => {
  const name = 'regarded';
  const path = collectionPath(SECRETS, namespace.name);
  const { metadata } = await rest.request<{ metadata: { uid: string; resourceVersion: string } }>({
    method: 'POST',
    path,
    body: secret(name),
  });
  const regarding = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, name, namespace: namespace.name },
  };
  const happening = { type: 'Warning', reason: 'ConnectionLost', note: 'ü'.repeat(1000) } as const;
  await new EventRecorder(rest, 'host').record(regarding, happening);
  const { items } = await rest.request<{ items: object[] }>({
    method: 'GET',
    path: collectionPath(EVENTS, namespace.name),
  });
  expect(items).toMatchObject([
    { type: 'Warning', reason: 'ConnectionLost', note: 'ü'.repeat(512), regarding: { uid: metadata.uid } },
  ]);
});
