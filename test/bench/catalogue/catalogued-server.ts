import { SYNC_REQUESTED_AT_ANNOTATION } from '../../../src/api/group.ts';
import type { QlikApp } from '../../../src/api/qlikapp.ts';
import type { QlikServer, QlikServerStatus } from '../../../src/api/qlikserver.ts';
import { type Condition, type ConditionType, findCondition } from '../../../src/api/conditions.ts';
import { until } from '../../controlplane/until.ts';
import { type Api, type Json, PATHS } from '../../integration/server/api.ts';
import type { Responder } from '../responder/responder.ts';

const NAME = 'qlik';
/** So rarely that nothing happens by itself. */
const RARELY = { interval: '1h', retryInterval: '1h' };

/** The one QlikServer whose apps are synced, and its QlikApps. */
export class CataloguedServer {
  readonly #api: Api;
  readonly #namespace: string;
  readonly #deadlineMs: number;

  private constructor(api: Api, namespace: string, apps: number) {
    this.#api = api;
    this.#namespace = namespace;
    this.#deadlineMs = 60_000 + 20 * apps;
  }

  /** Creates it without apps; resolves when it is Ready. */
  static async create(
    api: Api,
    { namespace, responder, apps }: { namespace: string; responder: Responder; apps: number },
  ): Promise<CataloguedServer> {
    await api.create(PATHS.servers(namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikServer',
      metadata: { name: NAME },
      spec: { ...responder.spec, checks: RARELY },
    });
    const server = new CataloguedServer(api, namespace, apps);
    await server.#until('the server is Ready', ({ status }) => verdict(status, 'Ready')?.status === 'True');
    return server;
  }

  /** Wants its apps; resolves when they have been synced. */
  async enableApps(): Promise<void> {
    await this.#patch({ spec: { appSync: { enabled: true, interval: '24h' } } });
    await this.#until('the apps are synced', isSynced);
  }

  /** Asks for a sync; resolves when it has been made. */
  async sync(request: string): Promise<void> {
    await this.#patch({ metadata: { annotations: { [SYNC_REQUESTED_AT_ANNOTATION]: request } } });
    await this.#until(
      `the sync ${request} is made`,
      (server) => isSynced(server) && server.status?.lastHandledSyncAt === request,
    );
  }

  async apps(): Promise<readonly QlikApp[]> {
    return (await this.#api.get<{ readonly items: readonly QlikApp[] }>(PATHS.apps(this.#namespace))).items;
  }

  async #patch(changes: Json): Promise<void> {
    await this.#api.patch(`${PATHS.servers(this.#namespace)}/${NAME}`, changes);
  }

  async #until(what: string, holds: (server: QlikServer) => boolean): Promise<void> {
    const path = `${PATHS.servers(this.#namespace)}/${NAME}`;
    await until(what, async () => holds(await this.#api.get<QlikServer>(path)), {
      deadlineMs: this.#deadlineMs,
    });
  }
}

/** A sync that has failed is not waited for. */
function isSynced({ status }: QlikServer): boolean {
  const found = verdict(status, 'AppsSynced');
  if (found?.status === 'False')
    throw new Error(`The apps were not synced: ${found.reason}: ${found.message}`);
  return found?.status === 'True';
}

function verdict(status: QlikServerStatus | undefined, type: ConditionType): Condition | undefined {
  return findCondition(status?.conditions ?? [], type);
}
