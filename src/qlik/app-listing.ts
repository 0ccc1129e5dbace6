/** A published app as a server lists it. Times are milliseconds since the epoch. */
export interface PublishedApp {
  readonly id: string;
  readonly name: string;
  /** The stream of a site or the space of a tenant; its ID stands for a name that cannot be read. */
  readonly publishedIn: { readonly kind: 'Stream' | 'Space'; readonly id: string; readonly name: string };
  readonly publishedAt: number | undefined;
  readonly modifiedAt: number | undefined;
  /** Absent if the data was never loaded. */
  readonly lastReloadAt: number | undefined;
  readonly owner: string | undefined;
  readonly description: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
}

/** An ID of an app becomes part of the name of an object. */
export const APP_ID = /^[0-9A-Za-z][0-9A-Za-z-]{0,62}[0-9A-Za-z]$/u;

/** How far a listing can be relied on. */
export type ListingEnd =
  | {
      readonly kind: 'complete';
      /** Names of all streams or spaces. */
      readonly places: ReadonlySet<string>;
      /**
       * Whether it is proved that the account sees every app, so that one that is not listed is gone. A tenant has no
       * way to prove that.
       */
      readonly seesAll: boolean;
    }
  /** Apps may be left out: some came or went meanwhile, or pages do not fit together. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** The account sees less than the whole. */
  | { readonly kind: 'reduced'; readonly why: string };

export interface ListingOptions {
  readonly signal: AbortSignal;
  /** Milliseconds for each answer, though never more than 30 s. */
  readonly timeout: number;
}

/** Takes a page of the listing; the next one is asked for when it is done with. */
export type OnPage = (apps: readonly PublishedApp[]) => Promise<void>;

/** Tells whether an ID was on a page before; each one counts once. */
export class Pages {
  readonly #ids = new Set<string>();
  #repeated = false;

  add(apps: readonly Pick<PublishedApp, 'id'>[]): void {
    for (const { id } of apps) {
      this.#repeated ||= this.#ids.has(id);
      this.#ids.add(id);
    }
  }

  get size(): number {
    return this.#ids.size;
  }

  get hasRepetition(): boolean {
    return this.#repeated;
  }
}

/** Milliseconds of a time as Qlik writes it; none for one that is empty, stands for "never", or has no RFC 3339 form. */
export function timeOf(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return time > NEVER && time < YEAR_10000 ? time : undefined;
}

/** The earliest time of a SQL Server: how a site says that something never happened. */
const NEVER = Date.UTC(1753, 0, 2);
const YEAR_10000 = Date.UTC(10_000, 0);
