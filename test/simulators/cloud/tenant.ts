import type { Call, Reply } from '../http/message.ts';
import { Api, unauthorized } from './api.ts';
import { areaOf } from './area.ts';
import { Catalogue, type Item, type ItemOptions, type Space } from './catalogue.ts';
import { type ClientCredentials, type ClientOptions, Clients } from './clients.ts';
import { type Counters, Tally } from './counters.ts';
import { discovery } from './discovery.ts';
import { atEdge } from './edge.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import { ALIAS, HOST, makeTenantKeys, type TenantKeys } from './keys.ts';
import { Listener } from './listener.ts';
import { tooMany } from './message.ts';
import { OAuth } from './oauth.ts';
import { RateLimit } from './ratelimit.ts';
import { makeResponder } from './responder.ts';
import { Tokens } from './tokens.ts';

/** How a tenant differs from the usual one. */
export interface CloudOptions {
  /** Clock in milliseconds, for the life of tokens and the rate limits. Default: `Date.now`. */
  readonly now?: () => number;
  /** Seconds that a token lives. Default: 21600. */
  readonly tokenLifetime?: number;
  /** Calls of the API a minute for each client. Default: 1000. */
  readonly apiPerMinute?: number;
  /** Calls of `/oauth` a minute for each client. Default: 100. */
  readonly oauthPerMinute?: number;
  /** Generated items at the start. Default: 20. */
  readonly items?: number;
  /** The first client. */
  readonly client?: ClientOptions;
  /** Faults from the start. */
  readonly faults?: Partial<Faults>;
}

/** Starts a simulated Qlik Cloud tenant on a TLS port of 127.0.0.1, with keys and a client of its own. */
export async function startCloudTenant(options: CloudOptions = {}): Promise<CloudTenant> {
  const tenant = new CloudTenant(await makeTenantKeys(), options);
  try {
    await tenant.start();
    await tenant.setFaults(options.faults ?? {});
    return tenant;
  } catch (error) {
    await tenant.stop();
    throw error;
  }
}

/** A running tenant. Get one from {@link startCloudTenant}. */
export class CloudTenant {
  /** PEM of the authority behind the port. */
  readonly ca: string;
  /** The first client. */
  readonly clientId: string;
  /** What happens in the tenant just before it answers a request, between two pages of a listing for example. */
  beforeAnswer: (call: Call) => void = () => {};
  readonly #keys: TenantKeys;
  readonly #tally = new Tally();
  readonly #catalogue = new Catalogue();
  readonly #clients = new Clients();
  readonly #tokens: Tokens;
  readonly #oauth: OAuth;
  readonly #api: Api;
  readonly #listener: Listener;
  #clientSecret: string;
  #faults = NO_FAULTS;
  #revokeAtNextPage = false;
  #stopped = false;

  constructor(keys: TenantKeys, options: CloudOptions) {
    const { now = Date.now, tokenLifetime = 21_600, apiPerMinute = 1000, oauthPerMinute = 100 } = options;
    const shared = { clients: this.#clients, faults: (): Faults => this.#faults };
    this.#keys = keys;
    this.ca = keys.ca;
    ({ clientId: this.clientId, clientSecret: this.#clientSecret } = this.#clients.add(options.client));
    this.#tokens = new Tokens(now);
    this.#oauth = new OAuth({
      ...shared,
      tokens: this.#tokens,
      limit: new RateLimit(oauthPerMinute, now),
      lifetime: tokenLifetime,
    });
    this.#api = new Api({
      ...shared,
      tokens: this.#tokens,
      limit: new RateLimit(apiPerMinute, now),
      catalogue: this.#catalogue,
      nextPage: () => this.#beforeNextPage(),
    });
    this.#catalogue.setItems(options.items ?? 20);
    this.#listener = this.#listen();
  }

  /** What a user would type. */
  get tenantUrl(): string {
    return `https://${HOST}:${this.port}`;
  }

  /** The same tenant under another name, where `redirectElsewhere` and `nextLinkElsewhere` lead. */
  get aliasUrl(): string {
    return `https://${ALIAS}:${this.port}`;
  }

  /** Port in the role of 443. */
  get port(): number {
    return this.#listener.port;
  }

  /** Newest secret of the first client. */
  get clientSecret(): string {
    return this.#clientSecret;
  }

  /** What is wrong at present. */
  get faults(): Faults {
    return this.#faults;
  }

  /** What the tenant has seen. */
  get counters(): Counters {
    return this.#tally;
  }

  /** How many tokens were ever issued. */
  get tokensIssued(): number {
    return this.#tokens.issued;
  }

  /** All spaces. */
  get spaces(): readonly Space[] {
    return this.#catalogue.spaces;
  }

  /** All items, apps or not. */
  get items(): readonly Item[] {
    return this.#catalogue.items;
  }

  /** The apps that a client should find: published in a managed space. */
  get publishedApps(): readonly Item[] {
    return this.#catalogue.publishedApps;
  }

  /** How often an endpoint was asked, by its name in {@link Counters}. */
  requests(endpoint: string): number {
    return this.#tally.requests[endpoint] ?? 0;
  }

  /** Forgets what the tenant has seen. */
  resetCounters(): void {
    this.#tally.reset();
  }

  /** Gives the first client a new secret; the old ones stop working unless kept (5 at most). Tokens stay valid. */
  rotateSecret({ keepOld = false }: { readonly keepOld?: boolean } = {}): string {
    this.#clientSecret = this.#clients.rotate(this.clientId, keepOld);
    return this.#clientSecret;
  }

  /** Registers another client. */
  addClient(options?: ClientOptions): ClientCredentials {
    return this.#clients.add(options);
  }

  /** Forgets a client; its tokens are void. */
  removeClient(clientId: string): void {
    this.#clients.remove(clientId);
  }

  /** Makes all tokens invalid, as an administrator may. New ones are issued on request. */
  revokeTokens(): void {
    this.#tokens.revokeAll();
  }

  /** Replaces all items by so many generated ones (at most 20,000): 60 % published, the rest distributed, shared, private or no apps. */
  setItems(count: number): void {
    this.#catalogue.setItems(count);
  }

  /** Adds an app (published, unless told otherwise), or replaces the one with the same `resourceId`. */
  addApp(options?: ItemOptions): Item {
    return this.#catalogue.addItem(options);
  }

  /** Removes an app by its GUID; false if there is none. */
  removeApp(resourceId: string): boolean {
    return this.#catalogue.removeItem(resourceId);
  }

  /** Adds a space (managed, unless told otherwise). */
  addSpace(options?: Partial<Space>): Space {
    return this.#catalogue.addSpace(options);
  }

  /** Removes a space; its items stay. */
  removeSpace(id: string): void {
    this.#catalogue.removeSpace(id);
  }

  /** Breaks or repairs one thing. */
  async setFault<Name extends keyof Faults>(name: Name, value: Faults[Name]): Promise<void> {
    await this.setFaults({ [name]: value });
  }

  /**
   * Breaks or repairs things. When it resolves, the tenant behaves accordingly; where the port or the certificate
   * changes, all connections are ended first. Await one change before the next.
   */
  async setFaults(changes: Partial<Faults>): Promise<void> {
    const before = this.#faults;
    this.#faults = { ...before, ...changes };
    if (changes.tokenRevoked !== undefined) this.#revokeAtNextPage = changes.tokenRevoked === 'nextPage';
    const { untrustedCa, refused } = this.#faults;
    if (untrustedCa !== before.untrustedCa) {
      this.#listener.present(untrustedCa ? this.#keys.untrusted : this.#keys.trusted);
    }
    await (refused || this.#stopped ? this.#listener.close() : this.#listener.open());
  }

  /** Repairs everything. */
  async clearFaults(): Promise<void> {
    await this.setFaults(NO_FAULTS);
  }

  /** Opens the port. {@link startCloudTenant} has done it. */
  async start(): Promise<void> {
    await this.#listener.open();
  }

  /** Closes the port for good and ends all connections at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#listener.close();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #listen(): Listener {
    const responder = makeResponder({
      answer: (call) => this.#answer(call),
      faults: () => this.#faults,
      tally: this.#tally,
    });
    return new Listener(this.#keys.trusted, this.#tally, (request, response) =>
      responder.respond(request, response),
    );
  }

  #answer(call: Call): Reply {
    this.beforeAnswer(call);
    const { maxParallel, wellKnownProtected } = this.#faults;
    if (maxParallel !== 0 && this.#tally.open > maxParallel) return tooMany(1);
    const answered = atEdge(call, this.#faults);
    if (answered !== undefined) return answered;
    const area = areaOf(call.url.pathname);
    if (area === 'token') return this.#oauth.answer(call);
    if (area === 'users' || area === 'items') return this.#api.answer(call);
    const closed = wellKnownProtected && call.segments[0] === '.well-known';
    return closed && this.#api.clientOf(call) === undefined ? unauthorized(this.#faults) : discovery(call);
  }

  #beforeNextPage(): void {
    if (this.#revokeAtNextPage) this.#tokens.revokeAll();
    this.#revokeAtNextPage = false;
  }
}
