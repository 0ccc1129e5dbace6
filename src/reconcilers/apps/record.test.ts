import { describe, expect, test } from 'vitest';
import { QlikAppApi } from '../../../test/fakes/qlikapp-api.ts';
import { exampleServer } from '../../../test/integration/server/examples.ts';
import { qlikAppRecord, type QlikApp } from '../../api/qlikapp.ts';
import type { PublishedApp } from '../../qlik/app-listing.ts';
import { AppWriter } from './app-writer.ts';
import { createdBody, desiredApp, digestOf, digestOfObject, updatingPatch } from './record.ts';

const server = exampleServer();

const APP: PublishedApp = {
  id: '5a94e3e9-157c-4ec2-8e65-f0a427290d14',
  name: 'Sales',
  publishedIn: { kind: 'Stream', id: 'aaec8d41-5201-43ab-809f-3063750dfafd', name: 'Everyone' },
  publishedAt: Date.UTC(2026, 4, 4, 12, 0, 0, 999),
  modifiedAt: Date.UTC(2026, 4, 5, 12),
  lastReloadAt: undefined,
  owner: 'CORP\\jane',
  description: undefined,
  size: 4096,
};

test('a QlikApp is named after its server and its app, and says what the server lists', () => {
  expect(desiredApp(server, APP)).toEqual({
    name: 'finance.5a94e3e9-157c-4ec2-8e65-f0a427290d14',
    ownerUid: server.metadata.uid,
    labels: {
      'kpimailer.io/qlik-server': 'finance',
      'kpimailer.io/published-in-id': 'aaec8d41-5201-43ab-809f-3063750dfafd',
    },
    app: {
      id: APP.id,
      name: 'Sales',
      publishedIn: APP.publishedIn,
      publishedAt: '2026-05-04T12:00:00Z',
      modifiedAt: '2026-05-05T12:00:00Z',
      owner: 'CORP\\jane',
      size: 4096,
    },
  });
});

test('the object that creates it is owned by the server, so that it goes with it', () => {
  const desired = desiredApp(server, APP);
  const { uid } = server.metadata;
  expect(createdBody(server, desired)).toEqual({
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikApp',
    metadata: {
      name: desired.name,
      namespace: 'kpi',
      labels: desired.labels,
      ownerReferences: [
        { apiVersion: 'kpimailer.io/v1alpha1', kind: 'QlikServer', name: 'finance', uid, controller: true },
      ],
    },
    app: desired.app,
  });
});

describe('a place whose ID is no label value', () => {
  test.each(['', 'not a label', '-x', 'x'.repeat(64)])('%j', (id) => {
    const { labels } = desiredApp(server, { ...APP, publishedIn: { ...APP.publishedIn, id } });
    expect(labels['kpimailer.io/published-in-id']).toBe(id === '' ? '' : undefined);
  });
});

describe('texts without end', () => {
  const endless = 'a😀'.repeat(2000);
  const long = desiredApp(server, {
    ...APP,
    name: endless,
    publishedIn: { kind: 'Space', id: endless, name: endless },
    owner: endless,
    description: endless,
  });

  test('are cut to what fits', () => {
    expect(qlikAppRecord.safeParse(long.app).error).toBeUndefined();
    expect(endless.startsWith(long.app.name.slice(0, -2))).toBe(true);
  });

  test('have no half character, which the API server would store as another one', () => {
    // A pair stands in every three units, so one of three cuts falls inside of it.
    const texts = ['', 'b', 'bc'].map(
      (start) => desiredApp(server, { ...APP, description: start + endless }).app.description ?? '',
    );
    expect(texts.every((text) => text.isWellFormed())).toBe(true);
  });
});

describe('an object differs from its app', () => {
  const desired = desiredApp(server, APP);
  const object = {
    apiVersion: 'kpimailer.io/v1alpha1',
    kind: 'QlikApp',
    metadata: {
      name: desired.name,
      namespace: 'kpi',
      uid: 'u',
      resourceVersion: '7',
      labels: { ...desired.labels, team: 'sales' },
      ownerReferences: [{ uid: desired.ownerUid }],
    },
    app: desired.app,
  } satisfies QlikApp;
  const digest = digestOf(desired);

  test('not by what others add to its metadata, nor by the order of its fields', () => {
    const app = Object.fromEntries(Object.entries(desired.app).reverse()) as typeof desired.app;
    expect(digestOfObject({ ...object, app })).toBe(digest);
  });

  test.each<[string, QlikApp]>([
    ['a name', { ...object, app: { ...object.app, name: 'Other' } }],
    [
      'another place',
      { ...object, app: { ...object.app, publishedIn: { ...APP.publishedIn, name: 'Other' } } },
    ],
    [
      'another kind of place',
      { ...object, app: { ...object.app, publishedIn: { ...APP.publishedIn, kind: 'Space' } } },
    ],
    ['a field too many', { ...object, app: { ...object.app, description: 'x' } }],
    ['a mark', { ...object, app: { ...object.app, missingSince: '2026-05-04T12:00:00Z' } }],
    ['another owner', { ...object, metadata: { ...object.metadata, ownerReferences: [{ uid: 'x' }] } }],
    ['no owner', { ...object, metadata: { ...object.metadata, ownerReferences: [] } }],
    [
      'a second owner',
      {
        ...object,
        metadata: { ...object.metadata, ownerReferences: [{ uid: desired.ownerUid }, { uid: 'x' }] },
      },
    ],
    [
      'a missing label',
      { ...object, metadata: { ...object.metadata, labels: { 'kpimailer.io/qlik-server': 'finance' } } },
    ],
    [
      'another server',
      {
        ...object,
        metadata: { ...object.metadata, labels: { ...desired.labels, 'kpimailer.io/qlik-server': 'x' } },
      },
    ],
  ])('by %s', (_what, changed) => {
    expect(digestOfObject(changed)).not.toBe(digest);
  });

  test.each<[string, Partial<PublishedApp>]>([
    ['nothing but half a second', { publishedAt: Date.UTC(2026, 4, 4, 12) }],
  ])('not by %s', (_what, change) => {
    expect(digestOf(desiredApp(server, { ...APP, ...change }))).toBe(digest);
  });

  test('no more after it was patched, whatever it was', async () => {
    const api = new QlikAppApi();
    const writer = new AppWriter(api.client);
    const full: PublishedApp = { ...APP, description: 'Old', lastReloadAt: 1e12 };
    await writer.put(server, desiredApp(server, full), undefined);
    api.edit(desired.name, (stored) => ({
      ...stored,
      app: { ...stored.app, missingSince: '2026-05-04T12:00:00Z' },
    }));
    const { resourceVersion } = api.objects.get(desired.name)!.metadata;
    const moved = desiredApp(server, { ...APP, publishedIn: { kind: 'Stream', id: 'no label', name: 'x' } });
    expect(updatingPatch(server, moved, resourceVersion)).toMatchObject({ metadata: { resourceVersion } });
    const known = await writer.put(server, moved, { ...(await knownOf(writer)), resourceVersion });
    expect(known.digest).toBe(digestOf(moved));
    expect(api.objects.get(desired.name)?.app).toEqual(moved.app);
  });
});

async function knownOf(writer: AppWriter) {
  const [known] = (await writer.list(server.metadata, new AbortController().signal)).values();
  return known!;
}
