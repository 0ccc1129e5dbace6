import { CREDENTIALS_LABEL } from '../../src/api/group.ts';
import type { QlikServer } from '../../src/api/qlikserver.ts';
import { type Api, type Json, PATHS } from '../integration/server/api.ts';
import type { Responder } from './responder/responder.ts';
import type { Settings } from './settings.ts';

/** As a GitOps tool applies many manifests: quickly, but not all at once. */
const CREATED_AT_A_TIME = 16;
/** A failure must not hide behind a quick retry, nor behind a rhythm that is shorter than the retry. */
const LONGEST_RETRY = 30;

type FleetSettings = Pick<Settings, 'servers' | 'namespaces' | 'interval'>;

/**
 * Many QlikServers, spread over namespaces, all of which lead to the same responder. Every namespace has one Secret and
 * one ConfigMap, which stay; the servers come and go.
 */
export class Fleet {
  readonly #api: Api;
  readonly #spec: Json;
  readonly #namespaces: readonly string[];
  readonly size: number;

  private constructor(api: Api, responder: Responder, { servers, namespaces, interval }: FleetSettings) {
    this.#api = api;
    this.size = servers;
    this.#namespaces = Array.from({ length: namespaces }, (_, index) => `bench-${index}`);
    const retry = Math.min(interval, LONGEST_RETRY);
    this.#spec = {
      ...responder.spec,
      checks: { interval: `${interval}s`, retryInterval: `${retry}s` },
    };
  }

  /** Makes the namespaces and what is in them, but no servers. */
  static async prepare(api: Api, responder: Responder, settings: FleetSettings): Promise<Fleet> {
    const fleet = new Fleet(api, responder, settings);
    for (const name of fleet.#namespaces) await prepareNamespace(api, responder, name);
    return fleet;
  }

  /** Creates all servers. */
  async create(): Promise<void> {
    let created = 0;
    const createSome = async (): Promise<void> => {
      while (created < this.size) {
        const index = created++;
        const namespace = this.#namespaces[index % this.#namespaces.length]!;
        await this.#api.create(PATHS.servers(namespace), {
          apiVersion: 'kpimailer.io/v1alpha1',
          kind: 'QlikServer',
          metadata: { name: `qlik-${index}` },
          spec: this.#spec,
        });
      }
    };
    await Promise.all(Array.from({ length: CREATED_AT_A_TIME }, createSome));
  }

  /** How many servers are Ready. Lists all of them: not for polling often. */
  async ready(): Promise<number> {
    const lists = await Promise.all(
      this.#namespaces.map((namespace) =>
        this.#api.get<{ readonly items: readonly QlikServer[] }>(PATHS.servers(namespace)),
      ),
    );
    return lists.flatMap(({ items }) => items).filter(isReady).length;
  }

  /** Deletes all servers and what was told about them; to be called when nobody looks after them. */
  async clear(): Promise<void> {
    for (const namespace of this.#namespaces) {
      await this.#api.delete(PATHS.servers(namespace));
      await this.#api.delete(PATHS.events(namespace));
    }
  }
}

/** Makes a namespace with all that the servers of a responder need. */
export async function prepareNamespace(api: Api, responder: Responder, name: string): Promise<void> {
  await api.create(PATHS.namespaces(), { metadata: { name } });
  await api.create(PATHS.secrets(name), {
    metadata: { name: 'client', labels: { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value } },
    data: {
      'client.pfx': responder.file('client.pfx').toString('base64'),
      password: responder.file('password').toString('base64'),
    },
  });
  await api.create(PATHS.configMaps(name), {
    metadata: { name: 'trust' },
    data: { 'ca.crt': responder.file('ca.crt').toString() },
  });
}

function isReady({ status }: QlikServer): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
