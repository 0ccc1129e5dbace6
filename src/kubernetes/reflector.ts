import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, hasCode } from './api-error.ts';
import { linesOf } from './lines.ts';
import { keyOf, type Key, type KubernetesObject } from './object.ts';
import { collectionPath, METADATA, METADATA_LIST, type Resource } from './resource.ts';
import type { RestClient } from './rest.ts';
import type { Store } from './store.ts';
import { parseWatchEvent, type WatchEvent } from './watch-event.ts';

const PAGE = '500';
/** A watch sends a bookmark about once a minute; one that is silent for longer is dead. */
const SILENCE = 90_000;
const BACKOFF = { first: 400, longest: 10_000 } as const;
/** A watch that ends sooner than this counts as failed, whatever it brought, so that nothing spins. */
const STEADY = 1_000;
/** The longest wait that a server may ask for. */
const LONGEST_ASKED = 60_000;

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly rest: RestClient;
  readonly resource: Resource;
  readonly store: Store<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Labels and versions only. */
  readonly metadataOnly?: boolean;
  /** Told why a watch had to be opened anew, unless the server simply ended it. */
  readonly onError?: (error: unknown) => void;
  /** Drops what nobody reads before an object is kept. */
  readonly slim?: (object: T) => T;
}

/** Keeps a store equal to a resource of the API server until it is stopped, whatever happens on the way. */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #stopped = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #resourceVersion: string | undefined;
  #streamsInitialState = true;
  #lastContact = Date.now();
  /** Since when the server has answered the watch of this round. */
  #watchingSince: number | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves once the store has had everything; never, when stopped before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Milliseconds since the API server last sent anything. */
  get silence(): number {
    return Date.now() - this.#lastContact;
  }

  /** Nothing reaches the store afterwards. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let failures = 0;
    while (!signal.aborted) {
      this.#watchingSince = undefined;
      try {
        await this.#follow();
        if (!this.#wasSteady()) throw new Error('the server ended the watch at once');
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures = this.#wasSteady() ? 1 : failures + 1;
        await this.#recover(error, failures);
      }
    }
  }

  #wasSteady(): boolean {
    return this.#watchingSince !== undefined && Date.now() - this.#watchingSince >= STEADY;
  }

  async #recover(error: unknown, failures: number): Promise<void> {
    if (error instanceof ApiError) this.#lastContact = Date.now();
    if (hasCode(error, 410)) {
      // Our version is too old: the state is read anew, and the difference applied.
      this.#resourceVersion = undefined;
      if (failures === 1) return;
    }
    this.#options.onError?.(error);
    const asked = error instanceof ApiError ? Math.min(error.retryAfter ?? 0, LONGEST_ASKED) : 0;
    const backoff = Math.min(BACKOFF.longest, BACKOFF.first * 2 ** (failures - 1));
    await delay(Math.max(asked, backoff * (0.5 + Math.random() / 2)), undefined, {
      signal: this.#stopped.signal,
    }).catch(() => {});
  }

  /** Reads the state, unless it is known, and follows it until the server ends the watch. */
  async #follow(): Promise<void> {
    if (this.#resourceVersion === undefined) {
      if (this.#streamsInitialState && (await this.#watchFromNothing())) return;
      await this.#list();
    }
    if (this.#resourceVersion !== undefined) await this.#watch({ resourceVersion: this.#resourceVersion });
  }

  /** Has the state streamed before what follows; false when the API server does not know the feature. */
  async #watchFromNothing(): Promise<boolean> {
    try {
      await this.#watch({
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        resourceVersion: '',
      });
      return true;
    } catch (error) {
      if (!hasCode(error, 400) && !hasCode(error, 422)) throw error;
      this.#streamsInitialState = false;
      return false;
    }
  }

  /** Reads the state page by page. */
  async #list(): Promise<void> {
    const listed = new Set<Key>();
    let token: string | undefined;
    let version = '';
    do {
      const query = { limit: PAGE, ...this.#selector(), ...(token === undefined ? {} : { continue: token }) };
      const page = await this.#options.rest.request<{
        metadata: { resourceVersion: string; continue?: string };
        items: T[];
      }>({
        method: 'GET',
        path: this.#path(),
        query,
        ...(this.#options.metadataOnly === true ? { accept: METADATA_LIST } : {}),
        signal: this.#stopped.signal,
      });
      if (this.#stopped.signal.aborted) return;
      for (const object of page.items) this.#seen(object, listed);
      version = page.metadata.resourceVersion;
      token = page.metadata.continue === '' ? undefined : page.metadata.continue;
      this.#lastContact = Date.now();
    } while (token !== undefined);
    this.#complete(version, listed);
  }

  async #watch(query: Readonly<Record<string, string>>): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([this.#stopped.signal, connection.signal]);
    const silence = setTimeout(
      () => connection.abort(new Error('the watch has been silent for too long')),
      SILENCE,
    );
    try {
      const stream = await this.#options.rest.stream({
        method: 'GET',
        path: this.#path(),
        query: {
          watch: 'true',
          allowWatchBookmarks: 'true',
          timeoutSeconds: String(300 + Math.floor(Math.random() * 300)),
          ...this.#selector(),
          ...query,
        },
        ...(this.#options.metadataOnly === true ? { accept: METADATA } : {}),
        signal,
      });
      this.#watchingSince = this.#lastContact = Date.now();
      const initial = query['sendInitialEvents'] === undefined ? undefined : new Set<Key>();
      for await (const line of linesOf(stream)) {
        if (signal.aborted) return;
        silence.refresh();
        this.#lastContact = Date.now();
        this.#apply(parseWatchEvent<T>(line), initial);
      }
    } finally {
      clearTimeout(silence);
      connection.abort();
    }
  }

  #apply(event: WatchEvent<T>, initial: Set<Key> | undefined): void {
    switch (event.kind) {
      case 'bookmark':
        if (event.endsInitialEvents && initial !== undefined) this.#complete(event.resourceVersion, initial);
        else if (this.#resourceVersion !== undefined) this.#resourceVersion = event.resourceVersion;
        return;
      case 'deleted':
        initial?.delete(keyOf(event.object));
        this.#options.store.delete(keyOf(event.object));
        break;
      case 'seen':
        this.#seen(event.object, initial);
        break;
    }
    // Only a complete state may be resumed from.
    if (this.#resourceVersion !== undefined) this.#resourceVersion = event.object.metadata.resourceVersion;
  }

  #seen(object: T, listed: Set<Key> | undefined): void {
    listed?.add(keyOf(object));
    this.#options.store.set(this.#options.slim?.(object) ?? object);
  }

  #complete(resourceVersion: string, listed: ReadonlySet<Key>): void {
    this.#options.store.retain(listed);
    this.#resourceVersion = resourceVersion;
    this.#synced.resolve();
  }

  #path(): string {
    return collectionPath(this.#options.resource, this.#options.namespace);
  }

  #selector(): Record<string, string> {
    const { labelSelector } = this.#options;
    return labelSelector === undefined ? {} : { labelSelector };
  }
}
