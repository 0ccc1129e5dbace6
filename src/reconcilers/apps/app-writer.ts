import { GROUP, SERVER_LABEL, VERSION } from '../../api/group.ts';
import type { QlikApp } from '../../api/qlikapp.ts';
import type { QlikServer } from '../../api/qlikserver.ts';
import { hasCode, isOvertaken, unlessAbsent, unlessOvertaken } from '../../kubernetes/api-error.ts';
import { pagesOf } from '../../kubernetes/pages.ts';
import { collectionPath, objectPath, type Resource } from '../../kubernetes/resource.ts';
import type { ApiClient } from '../../kubernetes/term.ts';
import { timestamp } from '../../time/timestamp.ts';
import { knownApp, type Catalogue, type KnownApp } from './catalogue.ts';
import { patiently } from './patience.ts';
import { createdBody, updatingPatch, type DesiredApp } from './record.ts';

export const QLIK_APPS: Resource = { root: `/apis/${GROUP}/${VERSION}`, plural: 'qlikapps' };

const STRICT = { fieldValidation: 'Strict' } as const;
/** How often a write that another one has overtaken is made again. */
const ATTEMPTS = 5;

/** Reads and writes the QlikApps of a server, one request each. */
export class AppWriter {
  readonly #rest: ApiClient;

  constructor(rest: ApiClient) {
    this.#rest = rest;
  }

  /** The QlikApps of a server as they are now, read page by page so that only what is needed stays in memory. */
  async list(
    server: { readonly namespace: string; readonly name: string },
    signal: AbortSignal,
    isWanted: (app: QlikApp) => boolean = () => true,
  ): Promise<Catalogue> {
    const catalogue: Catalogue = new Map();
    const path = collectionPath(QLIK_APPS, server.namespace);
    const query = { labelSelector: `${SERVER_LABEL}=${server.name}` };
    const rest: ApiClient = { request: (request) => patiently(() => this.#rest.request(request), signal) };
    for await (const page of pagesOf<QlikApp>(rest, { path, query, signal }))
      for (const app of page) if (isWanted(app)) catalogue.set(app.metadata.name, knownApp(app));
    return catalogue;
  }

  /** Makes the object what it should be, whatever is there: nothing, an older version, or one that somebody has changed. */
  async put(server: QlikServer, desired: DesiredApp, known: KnownApp | undefined): Promise<KnownApp> {
    let version = known?.resourceVersion;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await (version === undefined
          ? this.#create(server, desired)
          : this.#update(server, desired, version));
      } catch (error) {
        if (attempt === ATTEMPTS || !isOvertaken(error)) throw error;
        version = await this.#versionOf(server, desired.name);
      }
    }
  }

  /** Says since when an app is not listed; nothing, if it is gone or was changed: the next sync looks again. */
  async mark(server: QlikServer, app: KnownApp, now: number): Promise<KnownApp | undefined> {
    const marked = await unlessOvertaken(
      this.#rest.request<QlikApp>({
        method: 'PATCH',
        path: pathOf(server, app.name),
        query: STRICT,
        body: {
          metadata: { resourceVersion: app.resourceVersion },
          app: { missingSince: timestamp(now) },
        },
      }),
    );
    return marked === undefined ? undefined : knownApp(marked);
  }

  /** Whether the very object was removed; one that is gone already counts. */
  async remove(namespace: string, app: KnownApp): Promise<boolean> {
    try {
      await this.#rest.request({
        method: 'DELETE',
        path: objectPath(QLIK_APPS, { namespace, name: app.name }),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid: app.uid, resourceVersion: app.resourceVersion },
        },
      });
      return true;
    } catch (error) {
      if (hasCode(error, 404)) return true;
      if (hasCode(error, 409)) return false;
      throw error;
    }
  }

  async #create(server: QlikServer, desired: DesiredApp): Promise<KnownApp> {
    const created = await this.#rest.request<QlikApp>({
      method: 'POST',
      path: collectionPath(QLIK_APPS, server.metadata.namespace),
      query: STRICT,
      body: createdBody(server, desired),
    });
    return knownApp(created);
  }

  async #update(server: QlikServer, desired: DesiredApp, version: string): Promise<KnownApp> {
    const updated = await this.#rest.request<QlikApp>({
      method: 'PATCH',
      path: pathOf(server, desired.name),
      query: STRICT,
      body: updatingPatch(server, desired, version),
    });
    return knownApp(updated);
  }

  async #versionOf(server: QlikServer, name: string): Promise<string | undefined> {
    const read = this.#rest.request<QlikApp>({ method: 'GET', path: pathOf(server, name) });
    return (await unlessAbsent(read))?.metadata.resourceVersion;
  }
}

function pathOf({ metadata: { namespace } }: QlikServer, name: string): string {
  return objectPath(QLIK_APPS, { namespace, name });
}
