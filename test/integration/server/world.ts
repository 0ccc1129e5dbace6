import {
  CREDENTIALS_LABEL,
  REQUESTED_AT_ANNOTATION,
  SERVER_LABEL,
  SYNC_REQUESTED_AT_ANNOTATION,
} from '../../../src/api/group.ts';
import type { QlikApp } from '../../../src/api/qlikapp.ts';
import type { Condition, ConditionType } from '../../../src/api/conditions.ts';
import type { QlikServer } from '../../../src/api/qlikserver.ts';
import type { Output } from '../../controlplane/command.ts';
import { type Patience, until } from '../../controlplane/until.ts';
import {
  type OnPremiseOptions,
  type OnPremiseSite,
  startOnPremiseSite,
} from '../../simulators/onpremise/site.ts';
import { type Json, PATHS } from './api.ts';
import { type CloudOptions, type CloudTenant, startCloudTenant } from '../../simulators/cloud/tenant.ts';
import type { Lab } from './lab.ts';

/** What a namespace of a test needs of its lab. Without an account, it is not bound: somebody else sees to that. */
export type LabParts = Pick<Lab, 'controlPlane' | 'api' | 'needles'> & Partial<Pick<Lab, 'account'>>;

/** What of a spec a test sets; `checks` and `onPremise` are merged into the usual ones. */
export interface Wishes extends Json {
  readonly checks?: Json;
  readonly onPremise?: Json;
  /** Off, unless a test wants it. */
  readonly appSync?: Json;
}

interface SecretContents {
  readonly pfx?: Buffer;
  readonly password?: string;
}

const PATIENCE: Patience = { deadlineMs: 15_000, everyMs: 20 };

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

/** A namespace with a Qlik site of its own, and what a user does there. */
export class World extends Place implements AsyncDisposable {
  readonly site: OnPremiseSite;

  private constructor(lab: LabParts, namespace: string, site: OnPremiseSite) {
    super(lab, namespace);
    this.site = site;
  }

  /** In the namespace given, else in a fresh one. */
  static async create(
    lab: LabParts,
    { namespace, ...options }: OnPremiseOptions & { readonly namespace?: string } = {},
  ): Promise<World> {
    const site = await startOnPremiseSite(options);
    lab.needles.addSite(site);
    return new World(lab, namespace ?? (await Place.make(lab)), site);
  }

  /** Secret, ConfigMap and QlikServer that work, called `client`, `trust` and `qlik`. */
  static async withServer(
    lab: LabParts,
    { wishes, ...options }: Parameters<typeof World.create>[1] & { readonly wishes?: Wishes } = {},
  ): Promise<World> {
    const world = await World.create(lab, options);
    await world.createSecret();
    await world.createTrust();
    await world.createServer(wishes);
    return world;
  }

  createSecret(contents: SecretContents & { readonly labelled?: boolean } = {}): Promise<unknown> {
    const { pfx = this.site.clientPfxWithAuthority, password, labelled = true } = contents;
    return this.lab.api.create(PATHS.secrets(this.namespace), {
      metadata: {
        name: 'client',
        ...(labelled ? { labels: { [CREDENTIALS_LABEL.name]: CREDENTIALS_LABEL.value } } : {}),
      },
      data: this.#secretData({ pfx, ...(password === undefined ? {} : { password }) }),
    });
  }

  replaceSecret(contents: SecretContents): Promise<unknown> {
    return this.lab.api.patch(`${PATHS.secrets(this.namespace)}/client`, {
      data: this.#secretData(contents),
    });
  }

  override createTrust(pem = `${this.site.siteCa}${this.site.corporateCa}`): Promise<unknown> {
    return super.createTrust(pem);
  }

  replaceTrust(pem = `${this.site.siteCa}${this.site.corporateCa}`): Promise<unknown> {
    return this.lab.api.patch(`${PATHS.configMaps(this.namespace)}/trust`, { data: { 'ca.crt': pem } });
  }

  createServer(wishes: Wishes = {}, name = 'qlik'): Promise<QlikServer> {
    return this.addServer(this.#spec(wishes), name);
  }

  /** Polls until the site has been asked `count` times more for what every check asks first. */
  async seeRequests(count: number): Promise<void> {
    const from = this.site.requests('GET /qrs/about');
    await until(
      `${count} requests more`,
      () => this.site.requests('GET /qrs/about') >= from + count,
      PATIENCE,
    );
  }

  /** Requests the site has answered, of any kind. */
  get requests(): number {
    return Object.values(this.site.counters.requests).reduce((sum, count) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site.stop();
  }

  #secretData({ pfx, password = this.site.clientPfxPassword }: SecretContents): Json {
    this.lab.needles.add('password', Buffer.from(password));
    return {
      ...(pfx === undefined ? {} : { 'client.pfx': pfx.toString('base64') }),
      password: Buffer.from(password).toString('base64'),
    };
  }

  #spec({ checks, onPremise, appSync, ...rest }: Wishes): Json {
    const { serverUrl, serviceAccount, repositoryPort } = this.site;
    return {
      type: 'OnPremise',
      trust: [{ configMapKeyRef: { name: 'trust' } }],
      ...rest,
      // So rarely that nothing happens by itself, unless a test wants it.
      checks: { interval: '1h', retryInterval: '1h', ...checks },
      appSync: { enabled: false, ...appSync },
      onPremise: {
        serverUrl,
        userDirectory: serviceAccount.userDirectory,
        serviceAccountUser: serviceAccount.userId,
        clientCertificate: { pkcs12: { secretName: 'client' } },
        repositoryService: { port: repositoryPort },
        ...onPremise,
      },
    };
  }
}

/** A namespace with a Qlik Cloud tenant of its own; the Secret of the client is `client`. */
export class CloudWorld extends Place implements AsyncDisposable {
  readonly tenant: CloudTenant;

  private constructor(lab: LabParts, namespace: string, tenant: CloudTenant) {
    super(lab, namespace);
    this.tenant = tenant;
  }

  /** Trust and Secret, but no server yet. */
  static async create(
    lab: LabParts,
    options: CloudOptions & { readonly secret?: string } = {},
  ): Promise<CloudWorld> {
    const tenant = await startCloudTenant(options);
    const world = new CloudWorld(lab, await Place.make(lab), tenant);
    await world.createTrust(tenant.ca);
    await world.addSecret('client', { clientSecret: options.secret ?? tenant.clientSecret });
    return world;
  }

  /** Everything that a working server needs, and the server `qlik`. */
  static async withServer(
    lab: LabParts,
    options: CloudOptions & { readonly secret?: string; readonly wishes?: Json } = {},
  ): Promise<CloudWorld> {
    const world = await CloudWorld.create(lab, options);
    await world.createServer(options.wishes);
    return world;
  }

  createServer({ checks, cloud, appSync, ...rest }: Json = {}, name = 'qlik'): Promise<QlikServer> {
    const { tenantUrl, clientId } = this.tenant;
    return this.addServer(
      {
        type: 'Cloud',
        trust: [{ configMapKeyRef: { name: 'trust' } }],
        ...rest,
        checks: { interval: '1h', retryInterval: '1h', ...(checks as Json | undefined) },
        appSync: { enabled: false, ...(appSync as Json | undefined) },
        cloud: {
          tenantUrl,
          clientId,
          clientSecret: { secretKeyRef: { name: 'client' } },
          ...(cloud as Json | undefined),
        },
      },
      name,
    );
  }

  replaceSecret(clientSecret: string): Promise<unknown> {
    return this.editSecret('client', { clientSecret });
  }

  /** Requests the tenant has seen, of any kind. */
  get requests(): number {
    return Object.values(this.tenant.counters.requests).reduce((sum, count) => sum + count, 0);
  }

  get tokenRequests(): number {
    return this.tenant.requests('POST /oauth/token');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tenant.stop();
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

export function conditionOf({ status }: QlikServer, type: ConditionType): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** `True/ChecksPassed` of each condition, by type. */
export function shortly({ status }: QlikServer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status}/${reason}`]),
  );
}
