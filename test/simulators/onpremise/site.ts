import type { Call, Reply } from '../http/message.ts';
import { Apps } from './apps.ts';
import { Browser } from './browser.ts';
import { Content, type NodeName } from './content.ts';
import { type Counters, Tally } from './counters.ts';
import { concerns, type Faults, LISTENERS, type ListenerName, NO_FAULTS, type Rejection } from './faults.ts';
import type { Identity } from './identity.ts';
import { exportClient, makeSiteKeys, type ServerCertificate, type SiteKeys } from './keys.ts';
import { Listener, type Manners } from './listener.ts';
import { Notifications, type Subscription } from './notifications.ts';
import { Proxy } from './proxy.ts';
import type { AppOptions, AppRecord, StreamReference } from './records/app.ts';
import { page } from './message.ts';
import { HOST } from './records/node.ts';
import type { ProxyPorts } from './records/proxyservice.ts';
import { ORDINARY_USER, SERVICE_ACCOUNT } from './records/user.ts';
import { PREFIX } from './records/virtualproxy.ts';
import { Repository } from './repository.ts';
import { makeResponder } from './responder.ts';
import { type Session, Sessions } from './sessions.ts';
import { Tickets } from './tickets.ts';

/** How a site differs from the usual one. */
export interface OnPremiseOptions {
  /** How a client certificate is turned down, if no fault says otherwise. Default: `reset`, as .NET does. */
  readonly rejection?: Rejection;
  /** Clock in milliseconds, for the life of tickets and sessions, and for the changes of apps. Default: `Date.now`. */
  readonly now?: () => number;
  /** Parallel sessions a user may have. Default: 5. */
  readonly maxSessions?: number;
  /** Generated apps at the start, at most 20,000. Default: three with well-known names. */
  readonly apps?: number;
  /** Faults from the start. */
  readonly faults?: Partial<Faults>;
}

/** Starts a simulated Qlik Sense Enterprise on Windows on TLS ports of 127.0.0.1, with keys of its own. */
export async function startOnPremiseSite(options: OnPremiseOptions = {}): Promise<OnPremiseSite> {
  const site = new OnPremiseSite(await makeSiteKeys(), options);
  try {
    await site.start();
    await site.setFaults(options.faults ?? {});
    return site;
  } catch (error) {
    await site.stop();
    throw error;
  }
}

/** A running site. Get one from {@link startOnPremiseSite}. */
export class OnPremiseSite {
  /** The account in the repository that an operator acts as. */
  readonly serviceAccount: Identity = SERVICE_ACCOUNT;
  /** A user without RootAdmin. */
  readonly ordinaryUser: Identity = ORDINARY_USER;
  /** PEM of the site's own authority: behind the repository and proxy ports and the client certificate. */
  readonly siteCa: string;
  /** PEM of the unrelated authority behind the browser port. */
  readonly corporateCa: string;
  /** The client certificate (CN=QlikClient) with its key, without the authority. */
  readonly clientPfx: Buffer;
  /** The same with the site's authority inside. */
  readonly clientPfxWithAuthority: Buffer;
  /** The client certificate as Qlik's older exports encrypt it: RC2 with 40 bits. */
  readonly clientPfxLegacy: Buffer;
  /** Password of all PKCS#12 files. */
  readonly clientPfxPassword: string;
  readonly clientCertPem: string;
  readonly clientKeyPem: string;
  /** A client certificate of the same name, but of another authority. */
  readonly foreignPfx: Buffer;
  /** What happens at the site just before the repository answers a request, between two pages of a listing for example. */
  beforeAnswer: (call: Call) => void = () => {};
  readonly #keys: SiteKeys;
  readonly #rejection: Rejection;
  readonly #sessions: Sessions;
  readonly #apps: Apps;
  readonly #notifications: Notifications;
  readonly #tally = new Tally();
  readonly #listeners: Readonly<Record<ListenerName, Listener>>;
  #faults = NO_FAULTS;
  #stopped = false;

  constructor(keys: SiteKeys, options: OnPremiseOptions) {
    this.#keys = keys;
    this.#rejection = options.rejection ?? 'reset';
    const { now = Date.now, maxSessions = 5, apps } = options;
    this.#sessions = new Sessions(maxSessions, {
      now,
      inactivity: () => (this.#faults.sessionInactivity || 30) * 60_000,
      cooldown: () => this.#faults.sessionCooldown * 1000,
    });
    this.#apps = new Apps(now);
    if (apps !== undefined) this.#apps.set(apps);
    this.#notifications = new Notifications(this.#apps);
    this.#listeners = this.#makeListeners({ central: new Tickets(now), second: new Tickets(now) });
    this.siteCa = keys.siteCa;
    this.corporateCa = keys.corporateCa;
    this.clientPfx = keys.clientPfx;
    this.clientPfxWithAuthority = keys.clientPfxWithAuthority;
    this.clientPfxLegacy = keys.clientPfxLegacy;
    this.clientPfxPassword = keys.password;
    this.clientCertPem = keys.client.cert;
    this.clientKeyPem = keys.client.key;
    this.foreignPfx = keys.foreignPfx;
  }

  /** Exports another client certificate from the QMC, as an administrator does before the old one expires. */
  exportClient(options?: Parameters<typeof exportClient>[1]): Promise<Buffer> {
    return exportClient(this.#keys, options);
  }

  /** The proxy base URL with the prefix of the virtual proxy, as a user would type it. */
  get serverUrl(): string {
    return `https://${HOST}:${this.browserPort}/${PREFIX}`;
  }

  /** Port in the role of 443. */
  get browserPort(): number {
    return this.#listeners.browser.port;
  }

  /** Port in the role of 4242. */
  get repositoryPort(): number {
    return this.#listeners.repository.port;
  }

  /** Port in the role of 4243. */
  get proxyPort(): number {
    return this.#listeners.proxy.port;
  }

  /** Ports of the second proxy node, in the roles of 443 and 4243; 0 until fault `secondProxyNode` has opened them. */
  get secondNode(): { readonly browserPort: number; readonly proxyPort: number } {
    return { browserPort: this.#listeners.browser2.port, proxyPort: this.#listeners.proxy2.port };
  }

  /** What is wrong at present. */
  get faults(): Faults {
    return this.#faults;
  }

  /** What the site has seen. */
  get counters(): Counters {
    return this.#tally;
  }

  /** Open sessions. */
  get sessions(): readonly Session[] {
    return this.#sessions.list();
  }

  /** Wishes to be told of changes. Nobody is called. */
  get subscriptions(): readonly Subscription[] {
    return this.#notifications.list;
  }

  /** All apps. */
  get apps(): readonly AppRecord[] {
    return this.#apps.all;
  }

  /** The apps that a client should find. */
  get publishedApps(): readonly AppRecord[] {
    return this.#apps.all.filter(({ published }) => published);
  }

  /** Replaces all apps by so many generated ones (at most 20,000): 60 % published, some unpublished with a stream. */
  setApps(count: number): void {
    this.#apps.set(count);
  }

  /** Back to the three apps of a new site. */
  resetApps(): void {
    this.#apps.reset();
  }

  /** Adds an app (published, unless told otherwise), or replaces the one with the same id. */
  addApp(options?: AppOptions): AppRecord {
    return this.#apps.add(options);
  }

  /** Changes properties of an app, its modification time included; throws if there is none. */
  updateApp(id: string, changes: Partial<AppRecord>): AppRecord {
    return this.#apps.update(id, changes);
  }

  /** Publishes an app to a stream; throws if there is no such app. */
  publishApp(id: string, stream = 'Marketing'): AppRecord {
    return this.#apps.publish(id, stream);
  }

  /** Removes an app; false if there is none. */
  removeApp(id: string): boolean {
    return this.#apps.remove(id);
  }

  /** Adds a stream, or returns the one of this name. */
  addStream(name: string): StreamReference {
    return this.#apps.addStream(name);
  }

  /** Removes a stream; its apps keep naming it. */
  removeStream(name: string): void {
    this.#apps.removeStream(name);
  }

  /** Opens a session as a person with a browser would; undefined if the user has as many as allowed. */
  openSession(user: Identity = SERVICE_ACCOUNT, prefix: string = PREFIX): Session | undefined {
    return this.#sessions.open(user, prefix);
  }

  /** How often an endpoint was asked, by its name in {@link Counters}. */
  requests(endpoint: string): number {
    return this.#tally.requests[endpoint] ?? 0;
  }

  /** Forgets what the site has seen. */
  resetCounters(): void {
    this.#tally.reset();
  }

  /** Breaks or repairs one thing. */
  async setFault<Name extends keyof Faults>(name: Name, value: Faults[Name]): Promise<void> {
    await this.setFaults({ [name]: value });
  }

  /**
   * Breaks or repairs things. When it resolves, the site behaves accordingly; where a port, a certificate or its
   * acceptance changes, all connections are ended first, as by a restart of the service. Await one change before the next.
   */
  async setFaults(changes: Partial<Faults>): Promise<void> {
    const before = this.#faults;
    this.#faults = { ...before, ...changes };
    await Promise.all(Object.values(this.#listeners).map((listener) => this.#adjust(listener, before)));
  }

  /** Repairs everything. */
  async clearFaults(): Promise<void> {
    await this.setFaults(NO_FAULTS);
  }

  /** Opens the ports: the first time {@link startOnPremiseSite} has done it. */
  async start(): Promise<void> {
    this.#stopped = false;
    const names = LISTENERS.filter((name) => !this.#transport(name, this.#faults).refused);
    await Promise.all(names.map((name) => this.#listeners[name].open()));
  }

  /** Closes the ports and ends all connections at once, as when a host loses its power. `start` opens them again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(Object.values(this.#listeners).map((listener) => listener.close()));
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #adjust(listener: Listener, before: Faults): Promise<void> {
    const wanted = this.#transport(listener.name, this.#faults);
    const present = this.#transport(listener.name, before);
    if (wanted.certificate !== present.certificate || wanted.withdrawn !== present.withdrawn) {
      const { servers, siteCa, corporateCa } = this.#keys;
      listener.present(servers[wanted.certificate], wanted.withdrawn ? corporateCa : siteCa);
    }
    if (differ(wanted, present)) {
      listener.dropConnections();
    }
    if (wanted.refused && listener.name === 'repository') {
      this.#notifications.forget();
    }
    await (wanted.refused || this.#stopped ? listener.close() : listener.open());
  }

  #makeListeners(tickets: Readonly<Record<NodeName, Tickets>>): Readonly<Record<ListenerName, Listener>> {
    const faults = (): Faults => this.#faults;
    const { browser, browser2, proxy, proxy2, repository } = this.#makeServices(tickets);
    let turn = 0;
    const balanced = (call: Call): Reply => {
      turn += 1;
      const node = faults().nonStickyBalancer && turn % 2 === 1 ? browser2 : browser;
      const rewritten = faults().rewrittenPath ? rewrite(call) : call;
      return rewritten === undefined ? page(404, 'Not Found') : node.answer(rewritten);
    };
    return {
      repository: this.#listener('repository', (call) => {
        this.beforeAnswer(call);
        return repository.answer(call);
      }),
      proxy: this.#listener('proxy', (call) => proxy.answer(call)),
      browser: this.#listener('browser', balanced),
      proxy2: this.#listener('proxy2', (call) => proxy2.answer(call)),
      browser2: this.#listener('browser2', (call) => browser2.answer(call)),
    };
  }

  #makeServices(tickets: Readonly<Record<NodeName, Tickets>>) {
    const faults = (): Faults => this.#faults;
    const apps = this.#apps;
    const content = new Content({ faults, apps, ports: (node) => this.#portsOf(node) });
    const repository = new Repository({ content, apps, notifications: this.#notifications, faults });
    const parts = (node: NodeName) => ({
      node,
      content,
      repository,
      tickets: () => tickets[faults().ticketsShared ? 'central' : node],
      sessions: this.#sessions,
      faults,
    });
    return {
      repository,
      proxy: new Proxy(parts('central')),
      proxy2: new Proxy(parts('second')),
      browser: new Browser(parts('central')),
      browser2: new Browser(parts('second')),
    };
  }

  #portsOf(node: NodeName): ProxyPorts {
    const { browser, browser2, proxy, proxy2 } = this.#listeners;
    return node === 'central'
      ? { browser: browser.port, proxy: proxy.port }
      : { browser: browser2.port, proxy: proxy2.port };
  }

  #listener(name: ListenerName, answer: (call: Call) => Reply): Listener {
    const tally = this.#tally;
    const faults = (): Faults => this.#faults;
    return new Listener({
      name,
      keys: this.#keys.servers[usualServer(name)],
      ...(!isBrowser(name) && { clientCa: this.#keys.siteCa }),
      manners: () => this.#transport(name, this.#faults),
      tally,
      responder: makeResponder({ listener: name, answer, faults, tally }),
    });
  }

  #transport(name: ListenerName, faults: Faults): Transport {
    const { portRefused, certificateRejected, noClientCertificate, silent } = faults;
    const absent =
      (faults.secondProxyNode === false || faults.secondNodeStopped) &&
      (name === 'proxy2' || name === 'browser2');
    const rejection = certificateRejected === true ? this.#rejection : certificateRejected || undefined;
    return {
      refused: absent || (portRefused === true ? 'repository' : portRefused) === name,
      certificate: certificateOf(faults, name),
      withdrawn: faults.trustWithdrawn,
      rejecting: isBrowser(name) ? undefined : rejection,
      missing: noClientCertificate || this.#rejection,
      silent: concerns(silent, name),
    };
  }
}

/** Where fault `rewrittenPath` has users reach the virtual proxy. */
export const REWRITTEN_PATH = ['reports', 'qlik'] as const;

/** What a load balancer makes of a request; undefined: it leads nowhere. */
function rewrite(call: Call): Call | undefined {
  const leads = REWRITTEN_PATH.every((segment, index) => call.segments[index] === segment);
  return leads ? { ...call, segments: [PREFIX, ...call.segments.slice(REWRITTEN_PATH.length)] } : undefined;
}

interface Transport extends Manners {
  readonly refused: boolean;
  readonly certificate: ServerCertificate;
  /** Client certificates of the site are not trusted any more. */
  readonly withdrawn: boolean;
}

/** Whether connections must start anew. */
function differ(one: Transport, other: Transport): boolean {
  return (['certificate', 'withdrawn', 'rejecting', 'missing', 'silent'] as const).some(
    (name) => one[name] !== other[name],
  );
}

function certificateOf({ untrustedCa, serverCertificate }: Faults, name: ListenerName): ServerCertificate {
  if (untrustedCa !== false && (untrustedCa === 'browser') === isBrowser(name)) return 'stranger';
  return !isBrowser(name) && serverCertificate !== false ? serverCertificate : usualServer(name);
}

function usualServer(name: ListenerName): 'site' | 'corporate' {
  return isBrowser(name) ? 'corporate' : 'site';
}

function isBrowser(name: ListenerName): boolean {
  return name === 'browser' || name === 'browser2';
}
