import type { QlikApp } from '../../api/qlikapp.ts';
import { digestOfObject } from './record.ts';

/** What is kept of a QlikApp during a sync: enough to tell whether it must be written, and nothing more. */
export interface KnownApp {
  readonly id: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly digest: string;
  readonly placeId: string;
  /** Milliseconds since the epoch. */
  readonly missingSince: number | undefined;
}

export function knownApp(object: QlikApp): KnownApp {
  const { metadata, app } = object;
  const since = Date.parse(app.missingSince ?? '');
  return {
    id: app.id,
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    digest: digestOfObject(object),
    placeId: app.publishedIn.id,
    missingSince: Number.isNaN(since) ? undefined : since,
  };
}

/** The QlikApps of one server by name, as they are in the cluster. */
export type Catalogue = Map<string, KnownApp>;
