import { hash } from 'node:crypto';
import { API_VERSION, PUBLISHED_IN_LABEL, SERVER_LABEL } from '../../api/group.ts';
import { APP_TEXT, qlikAppRecord, type QlikApp, type QlikAppRecord } from '../../api/qlikapp.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import type { PublishedApp } from '../../qlik/app-listing.ts';
import { timestamp } from '../../time/timestamp.ts';

const LABEL_VALUE = /^([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/u;

/** What a QlikApp should be, but for what others may add to it. */
export interface DesiredApp {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ownerUid: string;
  readonly app: QlikAppRecord;
}

/** The QlikApp of a listed app. Its name is made of the server and the id of the app, so there are never two. */
export function desiredApp(server: Pick<QlikServer, 'metadata'>, app: PublishedApp): DesiredApp {
  const { name, uid } = server.metadata;
  const { id: place } = app.publishedIn;
  return {
    name: `${name}.${app.id}`,
    labels: {
      [SERVER_LABEL]: name,
      ...(LABEL_VALUE.test(place) ? { [PUBLISHED_IN_LABEL]: place } : {}),
    },
    ownerUid: uid,
    app: recordOf(app),
  };
}

function recordOf(app: PublishedApp): QlikAppRecord {
  const { publishedIn, owner, description, size } = app;
  return {
    id: app.id,
    name: cut(app.name, APP_TEXT.name),
    publishedIn: {
      kind: publishedIn.kind,
      id: cut(publishedIn.id, 64),
      name: cut(publishedIn.name, APP_TEXT.publishedInName),
    },
    ...given('publishedAt', optional(app.publishedAt)),
    ...given('modifiedAt', optional(app.modifiedAt)),
    ...given('lastReloadAt', optional(app.lastReloadAt)),
    ...given('owner', owner && cut(owner, APP_TEXT.owner)),
    ...given('description', description && cut(description, APP_TEXT.description)),
    ...given('size', size),
  };
}

function optional(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : timestamp(ms);
}

/** Half a character, as the API server stores it: else the object would differ from the app for ever. */
function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}

/** The body that creates it. */
export function createdBody(server: QlikServer, { name, labels, app }: DesiredApp): unknown {
  return {
    apiVersion: API_VERSION,
    kind: 'QlikApp',
    metadata: { name, namespace: server.metadata.namespace, labels, ownerReferences: [ownerOf(server)] },
    app,
  };
}

const OPTIONAL = {
  publishedAt: null,
  modifiedAt: null,
  lastReloadAt: null,
  owner: null,
  description: null,
  size: null,
  missingSince: null,
} as const;

/** The merge patch that makes an existing one so; what others have added to its metadata stays. */
export function updatingPatch(server: QlikServer, { labels, app }: DesiredApp, version: string): unknown {
  return {
    metadata: {
      resourceVersion: version,
      labels: { [PUBLISHED_IN_LABEL]: null, ...labels },
      ownerReferences: [ownerOf(server)],
    },
    app: { ...OPTIONAL, ...app },
  };
}

function ownerOf({ apiVersion, kind, metadata: { name, uid } }: QlikServer) {
  return { apiVersion, kind, name, uid, controller: true };
}

/** All fields of a record and of where it is published, in one order, whatever order they were read in. */
const { publishedIn: place, ...own } = qlikAppRecord.shape;
const FIELDS = Object.keys(own) as Exclude<keyof QlikAppRecord, 'publishedIn'>[];
const PLACE_FIELDS = Object.keys(place.shape) as (keyof QlikAppRecord['publishedIn'])[];

/** Tells apart what an object says; equal for an object and the app it was made from. */
export function digestOf({ labels, ownerUid, app }: Omit<DesiredApp, 'name'>): string {
  const said = [
    ownerUid,
    labels[SERVER_LABEL],
    labels[PUBLISHED_IN_LABEL],
    ...FIELDS.map((field) => app[field]),
    ...PLACE_FIELDS.map((field) => app.publishedIn[field]),
  ];
  // In one call: a Hash object holds memory outside the heap until it is collected, 20,000 times (measured).
  return hash('sha1', JSON.stringify(said), 'base64');
}

/** The digest of an object as it is in the cluster. */
export function digestOfObject({ metadata, app }: QlikApp): string {
  return digestOf({
    labels: metadata.labels ?? {},
    ownerUid: (metadata.ownerReferences ?? []).map(({ uid }) => uid).join(' '),
    app,
  });
}
