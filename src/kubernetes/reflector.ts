import { setTimeout as delay } from 'node:timers/promises';
import { Cancellation } from '../time/cancellation.ts';
import { untilAborted } from '../time/until-aborted.ts';
import { ApiError, hasCode } from './api-error.ts';
import { linesOf } from './lines.ts';
import { keyOf, type Key, type KubernetesObject } from './object.ts';
import { collectionPath, METADATA, METADATA_LIST, type Resource } from './resource.ts';
import type { Absence } from './reachability.ts';
import { isAway, LONG_ABSENCE, type RestClient } from './rest.ts';
import type { Store } from './store.ts';
import { parseWatchEvent, type WatchEvent } from './watch-event.ts';

const PAGE = '500';
/** A watch sends a bookmark about once a minute; one that is silent for longer is dead. */
const SILENCE = 90_000;
const BACKOFF = { first: 400, longest: 10_000 } as const;
/** A watch that ends sooner than this counts as failed, whatever it brought, so that nothing spins. */
const STEADY = 1_000;
/** Milliseconds over which watches come back after an absence of the API server. */
const SPREAD = 3_000;
/** The longest wait that a server may ask for. */
const LONGEST_ASKED = 60_000;

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly rest: RestClient;
  readonly resource: Resource;
  readonly store: Store<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Labels and versions only. */
  readonly metadataOnly?: boolean;
  /** Told why a watch had to be opened anew, unless the server simply ended it; the same reason once in a row. */
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
  #failures = 0;
  /** Why the watch failed, as last told; nothing once it has worked for a while. */
  #told: string | undefined;
  #resourceVersion: string | undefined;
  /** The last version known; kept when it turns out that it cannot be resumed from. */
  #newest: string | undefined;
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
    while (!signal.aborted) {
      this.#watchingSince = undefined;
      try {
        await this.#follow();
        if (!this.#wasSteady()) throw new Error('the server ended the watch at once');
        this.#failures = 0;
        this.#told = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (this.#wasSteady()) this.#told = undefined;
        this.#failures = this.#wasSteady() ? 1 : this.#failures + 1;
        await this.#recover(error);
      }
    }
  }

  #wasSteady(): boolean {
    return this.#watchingSince !== undefined && Date.now() - this.#watchingSince >= STEADY;
  }

  async #recover(error: unknown): Promise<void> {
    if (error instanceof ApiError) this.#lastContact = Date.now();
    if (hasCode(error, 410)) {
      // Our version is too old: the state is read anew, and the difference applied.
      this.#resourceVersion = undefined;
      if (this.#failures === 1) return;
    }
    if (error instanceof SilentTooLong) this.#resourceVersion = undefined;
    const absence = error instanceof BackAfterAbsence ? error.absence : await this.#absence(error);
    if (this.#stopped.signal.aborted) return;
    await (absence === undefined ? this.#backOff(error) : this.#comeBack(absence));
  }

  /** Everybody comes back now: not all in the same moment. */
  #comeBack({ duration }: Absence): Promise<void> {
    // A watch from a version of before would be silent for ever, had the API server been restored from a backup.
    if (duration >= LONG_ABSENCE) this.#resourceVersion = undefined;
    this.#failures = 0;
    return this.#pause(SPREAD * Math.random());
  }

  #backOff(error: unknown): Promise<void> {
    this.#tell(error);
    const asked = error instanceof ApiError ? Math.min(error.retryAfter ?? 0, LONGEST_ASKED) : 0;
    const backoff = Math.min(BACKOFF.longest, BACKOFF.first * 2 ** (this.#failures - 1));
    return this.#pause(Math.max(asked, backoff * (0.5 + Math.random() / 2)));
  }

  /** A right that is missing stays so for days: it is no news every ten seconds. */
  #tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#told) return;
    this.#told = reason;
    this.#options.onError?.(error);
  }

  /** Waits while the API server is away. */
  async #absence(error: unknown): Promise<Absence | undefined> {
    if (!isAway(error)) return undefined;
    return untilAborted(this.#options.rest.reachability.suspect(), this.#stopped.signal).catch(
      () => undefined,
    );
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => {});
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
    const listed = new Map<Key, T>();
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
    using connection = new Cancellation(this.#stopped.signal);
    const { signal } = connection;
    const silence = setTimeout(
      () => connection.abort(new SilentTooLong('the watch has been silent for too long')),
      SILENCE,
    );
    // A connection that was cut without a word looks as if it were only quiet.
    const forget = this.#options.rest.reachability.onBack((absence) => {
      if (absence.duration >= LONG_ABSENCE) connection.abort(new BackAfterAbsence(absence));
    });
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
      const initial = query['sendInitialEvents'] === undefined ? undefined : new Map<Key, T>();
      for await (const line of linesOf(stream)) {
        if (signal.aborted) return;
        silence.refresh();
        this.#lastContact = Date.now();
        this.#apply(parseWatchEvent<T>(line), initial);
      }
    } finally {
      forget();
      clearTimeout(silence);
      connection.abort();
    }
  }

  #apply(event: WatchEvent<T>, initial: Map<Key, T> | undefined): void {
    switch (event.kind) {
      case 'bookmark':
        if (event.endsInitialEvents && initial !== undefined) this.#complete(event.resourceVersion, initial);
        else if (this.#resourceVersion !== undefined) this.#resumeFrom(event.resourceVersion);
        return;
      case 'deleted':
        initial?.delete(keyOf(event.object));
        this.#store((store) => store.delete(keyOf(event.object)));
        break;
      case 'seen':
        this.#seen(event.object, initial);
        break;
    }
    // Only a complete state may be resumed from.
    if (this.#resourceVersion !== undefined) this.#resumeFrom(event.object.metadata.resourceVersion);
  }

  #resumeFrom(resourceVersion: string): void {
    this.#resourceVersion = this.#newest = resourceVersion;
  }

  #seen(object: T, listed: Map<Key, T> | undefined): void {
    const slim = this.#options.slim?.(object) ?? object;
    listed?.set(keyOf(object), slim);
    this.#store((store) => store.set(slim));
  }

  #complete(resourceVersion: string, listed: ReadonlyMap<Key, T>): void {
    const { namespace } = this.#options;
    // Restored from a backup: what is older is right nevertheless.
    const wentBack = isOlder(resourceVersion, this.#newest);
    this.#store((store) => (wentBack ? store.reset(listed, namespace) : store.retain(listed, namespace)));
    this.#resumeFrom(resourceVersion);
    this.#synced.resolve();
  }

  /** What somebody who is told of a change does wrong must not end the watch, nor be done to the others. */
  #store(change: (store: Store<T>) => void): void {
    try {
      change(this.#options.store);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  #path(): string {
    return collectionPath(this.#options.resource, this.#options.namespace);
  }

  #selector(): Record<string, string> {
    const { labelSelector, fieldSelector } = this.#options;
    return {
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }
}

/** A watch sends a bookmark a minute, unless it waits for a version that is in the future. */
class SilentTooLong extends Error {}

/** The API server is back, and this watch has not noticed that it was away. */
class BackAfterAbsence extends Error {
  readonly absence: Absence;

  constructor(absence: Absence) {
    super('the API server was away');
    this.absence = absence;
  }
}

function isOlder(version: string, than: string | undefined): boolean {
  return than !== undefined && BigInt(version) < BigInt(than);
}
