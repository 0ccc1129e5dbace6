import { Browser } from './browser.ts';
import { Content } from './content.ts';
import { type Counters, Tally } from './counters.ts';
import { type Faults, LISTENERS, type ListenerName, NO_FAULTS } from './faults.ts';
import type { Identity } from './identity.ts';
import { makeSiteKeys, type ServerCertificate, type SiteKeys } from './keys.ts';
import { Listener, type Rejection } from './listener.ts';
import type { Call, Reply } from './message.ts';
import { Proxy } from './proxy.ts';
import { HOST } from './records/node.ts';
import { ORDINARY_USER, SERVICE_ACCOUNT } from './records/user.ts';
import { PREFIX } from './records/virtualproxy.ts';
import { Repository } from './repository.ts';
import { Responder } from './responder.ts';
import { type Session, Sessions } from './sessions.ts';
import { Tickets } from './tickets.ts';

/** How a site differs from the usual one. */
export interface OnPremiseOptions {
  /** How a client certificate is turned down. Default: `reset`, as .NET does. */
  readonly rejection?: Rejection;
  /** Clock in milliseconds, for the life of tickets. Default: `Date.now`. */
  readonly now?: () => number;
  /** Parallel sessions a user may have. Default: 5. */
  readonly maxSessions?: number;
  /** Faults from the start. */
  readonly faults?: Partial<Faults>;
}

/** Starts a simulated Qlik Sense Enterprise on Windows on three TLS ports of 127.0.0.1, with keys of its own. */
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
  /** Password of all three PKCS#12 files. */
  readonly clientPfxPassword: string;
  readonly clientCertPem: string;
  readonly clientKeyPem: string;
  /** A client certificate of the same name, but of another authority. */
  readonly foreignPfx: Buffer;
  readonly #keys: SiteKeys;
  readonly #rejection: Rejection;
  readonly #sessions: Sessions;
  readonly #tally = new Tally();
  readonly #listeners: Readonly<Record<ListenerName, Listener>>;
  #faults = NO_FAULTS;
  #stopped = false;

  constructor(keys: SiteKeys, options: OnPremiseOptions) {
    this.#keys = keys;
    this.#rejection = options.rejection ?? 'reset';
    this.#sessions = new Sessions(options.maxSessions ?? 5);
    this.#listeners = this.#makeListeners(new Tickets(options.now ?? Date.now));
    this.siteCa = keys.siteCa;
    this.corporateCa = keys.corporateCa;
    this.clientPfx = keys.clientPfx;
    this.clientPfxWithAuthority = keys.clientPfxWithAuthority;
    this.clientPfxPassword = keys.password;
    this.clientCertPem = keys.client.cert;
    this.clientKeyPem = keys.client.key;
    this.foreignPfx = keys.foreignPfx;
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

  /** Opens the ports. {@link startOnPremiseSite} has done it. */
  async start(): Promise<void> {
    await Promise.all(Object.values(this.#listeners).map((listener) => listener.open()));
  }

  /** Closes the ports for good and ends all connections at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(Object.values(this.#listeners).map((listener) => listener.close()));
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #adjust(listener: Listener, before: Faults): Promise<void> {
    const wanted = transport(this.#faults, listener.name, this.#rejection);
    const present = transport(before, listener.name, this.#rejection);
    if (wanted.certificate !== present.certificate) {
      listener.present(this.#keys.servers[wanted.certificate]);
      listener.dropConnections();
    }
    if (wanted.rejecting !== present.rejecting) {
      listener.rejectClients(wanted.rejecting);
      listener.dropConnections();
    }
    await (wanted.refused || this.#stopped ? listener.close() : listener.open());
  }

  #makeListeners(tickets: Tickets): Readonly<Record<ListenerName, Listener>> {
    const faults = (): Faults => this.#faults;
    const sessions = this.#sessions;
    const content = new Content(faults, () => ({ browser: this.browserPort, proxy: this.proxyPort }));
    const repository = new Repository(content);
    const proxy = new Proxy(content, tickets, sessions);
    const browser = new Browser({ content, repository, tickets, sessions, faults });
    const answers: Record<ListenerName, (call: Call) => Reply> = {
      repository: (call) => repository.answer(call),
      proxy: (call) => proxy.answer(call),
      browser: (call) => browser.answer(call),
    };
    const made = LISTENERS.map((name) => [name, this.#listener(name, answers[name])] as const);
    return Object.fromEntries(made) as Record<ListenerName, Listener>;
  }

  #listener(name: ListenerName, answer: (call: Call) => Reply): Listener {
    const tally = this.#tally;
    const faults = (): Faults => this.#faults;
    return new Listener({
      name,
      keys: this.#keys.servers[usualServer(name)],
      ...(name !== 'browser' && { clients: { ca: this.#keys.siteCa, rejection: this.#rejection } }),
      tally,
      responder: new Responder({ listener: name, answer, faults, tally }),
    });
  }
}

interface Transport {
  readonly refused: boolean;
  readonly certificate: ServerCertificate;
  readonly rejecting: Rejection | undefined;
}

function transport(faults: Faults, name: ListenerName, usual: Rejection): Transport {
  const { portRefused, certificateRejected } = faults;
  const rejection = certificateRejected === true ? usual : certificateRejected || undefined;
  return {
    refused: (portRefused === true ? 'repository' : portRefused) === name,
    certificate: certificateOf(faults, name),
    rejecting: name === 'browser' ? undefined : rejection,
  };
}

function certificateOf({ untrustedCa, serverCertificate }: Faults, name: ListenerName): ServerCertificate {
  if (untrustedCa !== false && (untrustedCa === 'browser') === (name === 'browser')) return 'stranger';
  return name !== 'browser' && serverCertificate !== false ? serverCertificate : usualServer(name);
}

function usualServer(name: ListenerName): 'site' | 'corporate' {
  return name === 'browser' ? 'corporate' : 'site';
}
