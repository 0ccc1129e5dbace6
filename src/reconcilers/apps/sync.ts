import type { QlikServer } from '../../api/qlikserver.ts';
import { milliseconds } from '../../api/duration.ts';
import { ACCEPT_REMOVALS_ANNOTATION } from '../../api/group.ts';
import type { ListingEnd, PublishedApp } from '../../qlik/app-listing.ts';
import type { QlikConnection } from '../../qlik/connector.ts';
import type { AppWriter } from './app-writer.ts';
import type { Catalogue, KnownApp } from './catalogue.ts';
import { desiredApp, digestOf, type DesiredApp } from './record.ts';
import { removals, type Removals } from './removals.ts';
import type { WriteBudget } from './write-budget.ts';

/** Times a catalogue is listed that changes while it is. */
const PASSES = 3;

export interface SyncParts {
  readonly connection: QlikConnection;
  readonly writer: AppWriter;
  readonly budget: WriteBudget;
  readonly signal: AbortSignal;
  /** A person waits for it. */
  readonly urgent: boolean;
}

/** What a sync did. */
export interface SyncFigures {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** How a sync ended, and what it did until then. */
export interface SyncResult extends SyncFigures {
  readonly end: ListingEnd;
  /** QlikApps of the server now. */
  readonly apps: number;
  /** Apps the server lists, whether they are kept or not. */
  readonly listed: number;
  /** Entries of `publishedIn` that the server does not have. */
  readonly unknownPlaces: readonly string[];
  /** Hash of vanished apps that are not believed to be gone. */
  readonly suspicion: string | undefined;
}

/** Brings the QlikApps of a server in line with what it lists; removes only what is proved to be gone. */
export async function syncApps(server: QlikServer, parts: SyncParts): Promise<SyncResult> {
  const catalogue = await parts.writer.list(server.metadata, parts.signal);
  const sync = new Sync(server, parts, catalogue);
  const end = await sync.list();
  return sync.finish(sync.isInDoubt(end) ? await sync.list() : end);
}

class Sync {
  readonly #server: QlikServer;
  readonly #parts: SyncParts;
  readonly #catalogue: Catalogue;
  readonly #listed = new Set<string>();
  readonly #kept = new Set<string>();
  /** Names of what would have been removed because the first listing lacks it. */
  #missed: ReadonlySet<string> = new Set();
  readonly #places: ReadonlySet<string>;
  readonly #added = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(server: QlikServer, parts: SyncParts, catalogue: Catalogue) {
    this.#server = server;
    this.#parts = parts;
    this.#catalogue = catalogue;
    this.#places = new Set(server.spec.appSync.publishedIn);
  }

  /** Lists the apps, and again if some came or went meanwhile. */
  async list(): Promise<ListingEnd> {
    let end = await this.#pass();
    for (let pass = 2; end.kind === 'incomplete' && pass <= PASSES; pass += 1) end = await this.#pass();
    return end;
  }

  /**
   * Whether apps would be removed that a tenant may merely have left out, as it can when others go while it is paged
   * through: they must be missing from a second listing as well.
   */
  isInDoubt(end: ListingEnd): boolean {
    if (end.kind !== 'complete' || end.seesAll) return false;
    const missed = this.#compare(end.seesAll).remove.filter(({ name }) => !this.#listed.has(name));
    this.#missed = new Set(missed.map(({ name }) => name));
    return missed.length > 0;
  }

  /** Each page is written before the next one is asked for. */
  async #pass(): Promise<ListingEnd> {
    const { connection, signal } = this.#parts;
    this.#listed.clear();
    this.#kept.clear();
    const timeout = milliseconds(this.#server.spec.checks.timeout);
    return connection.listApps({ signal, timeout }, (page) => this.#write(page));
  }

  async #write(page: readonly PublishedApp[]): Promise<void> {
    const wanted = page.flatMap((app) => {
      const desired = desiredApp(this.#server, app);
      this.#listed.add(desired.name);
      if (this.#places.size > 0 && !this.#places.has(app.publishedIn.name)) return [];
      this.#kept.add(desired.name);
      return this.#catalogue.get(desired.name)?.digest === digestOf(desired) ? [] : [desired];
    });
    await this.#all(wanted, (desired) => this.#put(desired));
  }

  async #put(desired: DesiredApp): Promise<void> {
    const known = this.#catalogue.get(desired.name);
    this.#catalogue.set(desired.name, await this.#parts.writer.put(this.#server, desired, known));
    (known === undefined ? this.#added : this.#changed).add(desired.name);
  }

  async finish(end: ListingEnd): Promise<SyncResult> {
    const unknownPlaces =
      end.kind === 'complete' ? [...this.#places].filter((name) => !end.places.has(name)).sort() : [];
    const isProved = end.kind === 'complete' && unknownPlaces.length === 0;
    const { removed, suspicion } = isProved
      ? await this.#remove(end.seesAll)
      : { removed: 0, suspicion: undefined };
    return {
      end,
      unknownPlaces,
      suspicion,
      removed,
      apps: this.#catalogue.size,
      listed: this.#listed.size,
      added: this.#added.size,
      changed: [...this.#changed].filter((name) => !this.#added.has(name)).length,
    };
  }

  #compare(seesAll: boolean): Removals {
    const { metadata, spec } = this.#server;
    return removals({
      known: this.#catalogue.values(),
      listed: this.#listed,
      kept: this.#kept,
      seesAll,
      grace: milliseconds(spec.appSync.removalGrace),
      now: Date.now(),
      accepted: metadata.annotations?.[ACCEPT_REMOVALS_ANNOTATION],
    });
  }

  async #remove(seesAll: boolean): Promise<{ removed: number; suspicion: string | undefined }> {
    const { writer } = this.#parts;
    const now = Date.now();
    const { mark, remove, suspicion } = this.#compare(seesAll);
    const gone = remove.filter(({ name }) => seesAll || this.#listed.has(name) || this.#missed.has(name));
    let removed = 0;
    await this.#all(gone, async (app) => {
      if (!(await writer.remove(this.#server.metadata.namespace, app))) return;
      this.#catalogue.delete(app.name);
      removed += 1;
    });
    await this.#all(mark, async (app) => this.#marked(await writer.mark(this.#server, app, now)));
    return { removed, suspicion };
  }

  #marked(app: KnownApp | undefined): void {
    if (app === undefined) return;
    this.#catalogue.set(app.name, app);
    this.#changed.add(app.name);
  }

  /** Writes as many as the budget allows; the first error ends it, once what is under way has ended. */
  async #all<T>(items: readonly T[], write: (item: T) => Promise<void>): Promise<void> {
    const { budget, signal, urgent } = this.#parts;
    const writes = items.map((item) => budget.write(() => write(item), { signal, urgent }));
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}
