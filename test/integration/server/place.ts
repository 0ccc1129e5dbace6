import type { ConditionType } from '../../../src/api/conditions.ts';
import {
  CREDENTIALS_LABEL,
  REQUESTED_AT_ANNOTATION,
  SERVER_LABEL,
  SYNC_REQUESTED_AT_ANNOTATION,
} from '../../../src/api/group.ts';
import type { QlikApp } from '../../../src/api/qlikapp.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import type { Output } from '../../controlplane/command.ts';
import { type Patience, until } from '../../controlplane/until.ts';
import { type Json, PATHS } from './api.ts';
import { conditionOf } from './conditions.ts';
import type { Lab } from './lab.ts';

/** What a namespace of a test needs of its lab. Without an account, it is not bound: somebody else sees to that. */
export type LabParts = Pick<Lab, 'controlPlane' | 'api' | 'needles'> & Partial<Pick<Lab, 'account'>>;

/** Milliseconds for what takes a moment. */
export const PATIENCE: Patience = { deadlineMs: 15_000, everyMs: 20 };

/** A namespace, and what a user does there. */
export class Place {
  readonly lab: LabParts;
  readonly namespace: string;
  #syncs = 0;

  constructor(lab: LabParts, namespace: string) {
    this.lab = lab;
    this.namespace = namespace;
  }

  /** A fresh namespace in which the operator may read Secrets. */
  static async make(lab: LabParts): Promise<string> {
    const made = await lab.api.create<{ metadata: { name: string } }>(PATHS.namespaces(), {
      metadata: { generateName: 'test-' },
    });
    await lab.account?.bindSecrets(made.metadata.name);
    return made.metadata.name;
  }

  kubectl(...args: readonly string[]): Promise<Output> {
    return this.lab.controlPlane.kubectl([`--namespace=${this.namespace}`, ...args]);
  }

  /** Text or bytes by key; labelled as credentials unless told otherwise. */
  addSecret(
    name: string,
    data: Readonly<Record<string, string | Buffer>>,
    labelled = true,
  ): Promise<unknown> {
    return this.lab.api.create(PATHS.secrets(this.namespace), {
      metadata: {
        name,
        ...(labelled ? { labels: { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value } } : {}),
      },
      data: base64Of(data),
    });
  }

  editSecret(name: string, data: Readonly<Record<string, string | Buffer>>): Promise<unknown> {
    return this.lab.api.patch(`${PATHS.secrets(this.namespace)}/${name}`, { data: base64Of(data) });
  }

  createTrust(pem: string): Promise<unknown> {
    return this.lab.api.create(PATHS.configMaps(this.namespace), {
      metadata: { name: 'trust' },
      data: { 'ca.crt': pem },
    });
  }

  addServer(spec: Json, name = 'qlik'): Promise<QlikServer> {
    return this.lab.api.create<QlikServer>(PATHS.servers(this.namespace), {
      apiVersion: 'kpimailer.io/v1alpha1',
      kind: 'QlikServer',
      metadata: { name },
      spec,
    });
  }

  /** Merges into the spec. */
  edit(spec: Json, name = 'qlik'): Promise<QlikServer> {
    return this.lab.api.patch<QlikServer>(this.#path(name), { spec });
  }

  request(value: string, name = 'qlik'): Promise<QlikServer> {
    return this.lab.api.patch<QlikServer>(this.#path(name), {
      metadata: { annotations: { [REQUESTED_AT_ANNOTATION]: value } },
    });
  }

  requestSync(value: string, name = 'qlik'): Promise<QlikServer> {
    return this.lab.api.patch<QlikServer>(this.#path(name), {
      metadata: { annotations: { [SYNC_REQUESTED_AT_ANNOTATION]: value } },
    });
  }

  /** Asks for a sync, and resolves when it is over. */
  async syncNow(name = 'qlik'): Promise<QlikServer> {
    this.#syncs += 1;
    const value = `sync ${this.#syncs}`;
    await this.requestSync(value, name);
    return this.see(`the echo "${value}"`, ({ status }) => status?.lastHandledSyncAt === value, name);
  }

  /** The QlikApps of a server, by name. */
  async apps(name = 'qlik'): Promise<readonly QlikApp[]> {
    const { items } = await this.lab.api.get<{ items: QlikApp[] }>(
      `${PATHS.apps(this.namespace)}?labelSelector=${SERVER_LABEL}%3D${name}`,
    );
    return items;
  }

  /** Names of these apps in Qlik, sorted. */
  async appNames(name = 'qlik'): Promise<readonly string[]> {
    return (await this.apps(name)).map(({ app }) => app.name).sort();
  }

  /** Merges into a QlikApp as somebody else would; it is named after its server and the ID of the app. */
  editApp(name: string, changes: Json): Promise<QlikApp> {
    return this.lab.api.patch<QlikApp>(`${PATHS.apps(this.namespace)}/${name}`, changes);
  }

  removeApp(name: string): Promise<unknown> {
    return this.lab.api.delete(`${PATHS.apps(this.namespace)}/${name}`);
  }

  remove(name = 'qlik'): Promise<unknown> {
    return this.lab.api.delete(this.#path(name));
  }

  read(name = 'qlik'): Promise<QlikServer> {
    return this.lab.api.get<QlikServer>(this.#path(name));
  }

  columns(name = 'qlik'): Promise<Readonly<Record<string, unknown>>> {
    return this.lab.api.columns(this.#path(name));
  }

  /** Polls until the server is as wanted; the error shows how it was instead. */
  async see(what: string, isAsWanted: (server: QlikServer) => boolean, name = 'qlik'): Promise<QlikServer> {
    let last: QlikServer | undefined;
    const look = async () => {
      last = await this.read(name);
      return isAsWanted(last);
    };
    await until(what, look, PATIENCE).catch((cause: unknown) => {
      throw new Error(`${name}: ${what}; it is: ${JSON.stringify(last?.status, undefined, 1)}`, { cause });
    });
    return last!;
  }

  /** Polls until `Ready` has this status and reason. */
  seeReady(status: string, reason: string, name = 'qlik'): Promise<QlikServer> {
    return this.see(
      `Ready is ${status}/${reason}`,
      (server) => {
        const ready = conditionOf(server, 'Ready');
        return ready?.status === status && ready.reason === reason;
      },
      name,
    );
  }

  /** Polls until a condition has this status and reason. */
  seeCondition(type: ConditionType, status: string, reason: string): Promise<QlikServer> {
    return this.see(`${type} is ${status}/${reason}`, (server) => {
      const condition = conditionOf(server, type);
      return condition?.status === status && condition.reason === reason;
    });
  }

  /** Reasons of the events about a server, oldest first. */
  async events(name = 'qlik'): Promise<readonly string[]> {
    return (await this.eventsByName()).get(name) ?? [];
  }

  async eventsByName(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { items } = await this.lab.api.get<{ items: readonly RecordedEvent[] }>(
      PATHS.events(this.namespace),
    );
    const inOrder = items.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
    const byName = Map.groupBy(inOrder, ({ regarding }) => regarding.name);
    const reasons = ({ type, reason }: RecordedEvent) => `${type} ${reason}`;
    return new Map([...byName].map(([name, events]) => [name, events.map(reasons)]));
  }

  async seeEvents(expected: readonly string[], name = 'qlik'): Promise<void> {
    let last: readonly string[] = [];
    const look = async () => {
      last = await this.events(name);
      return last.join() === expected.join();
    };
    await until(`the events ${expected.join(', ')}`, look, PATIENCE).catch((cause: unknown) => {
      throw new Error(`not the events ${expected.join(', ')}, but ${last.join(', ')}`, { cause });
    });
  }

  #path(name: string): string {
    return `${PATHS.servers(this.namespace)}/${name}`;
  }
}

function base64Of(data: Readonly<Record<string, string | Buffer>>): Json {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value as string).toString('base64')]),
  );
}

interface RecordedEvent {
  readonly eventTime: string;
  readonly type: string;
  readonly reason: string;
  readonly regarding: { readonly name: string };
}
