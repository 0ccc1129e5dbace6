import type { ListingEnd, OnPage, PublishedApp } from '../../src/qlik/app-listing.ts';
import type { QlikConnection } from '../../src/qlik/connector.ts';
import { QlikError } from '../../src/qlik/failure.ts';
import { exampleConnection } from '../integration/server/examples.ts';

export const PLACES = ['Finance', 'Marketing', 'Sales'] as const;

/** Something that happens to the published apps; `which` picks the one it happens to. */
export interface Step {
  readonly what: 'appear' | 'vanish' | 'rename' | 'move' | 'return';
  readonly which: number;
}

/** How one listing goes. */
export interface Pass {
  readonly pages: number;
  /** What happens before each page. */
  readonly steps: readonly (readonly Step[])[];
  readonly end: 'whole' | 'incomplete' | 'reduced' | 'fails' | 'withoutPlace';
  readonly which: number;
}

const HONEST: Pass = { pages: 3, steps: [], end: 'whole', which: 0 };

/**
 * A Qlik server as a story tells it. It keeps the promise of `listApps`, and no more: what a complete listing of a site
 * lacks was not published when its page was read. A tenant leaves things out and says nothing: once an app, as while
 * others go, or whole spaces, when its client loses rights in the middle of a listing or before. That one app should
 * fall victim to both at once is more than anybody could tell from an app that is gone.
 */
export class QlikStory {
  readonly apps = new Map<string, PublishedApp>();
  /** Apps to which anything has happened. */
  readonly touched = new Set<string>();
  /** Apps that were not wanted at some time: of a site since its last listing began, of a tenant ever. */
  readonly gone = new Set<string>();
  readonly #isSite: boolean;
  readonly #filter: readonly string[];
  readonly #left = new Map<string, PublishedApp>();
  readonly #leftOut = new Set<string>();
  #passes: readonly Pass[] = [];
  #hasNoRights = false;
  #made = 0;

  constructor({ isSite, filter }: { isSite: boolean; filter: readonly string[] }) {
    this.#isSite = isSite;
    this.#filter = filter;
  }

  /** What should be kept of it. */
  get wanted(): readonly PublishedApp[] {
    return [...this.apps.values()].filter((app) => this.#isWanted(app));
  }

  get connection(): QlikConnection {
    return {
      ...exampleConnection(() => Promise.reject(new Error('nobody checks'))),
      listApps: (_options, onPage) => this.#list(onPage),
    };
  }

  /** A sync begins, with these listings and then honest ones. */
  begin(passes: readonly Pass[]): void {
    this.#passes = passes;
    this.touched.clear();
    this.#hasNoRights = false;
  }

  happen({ what, which }: Step): void {
    const from = what === 'return' ? this.#left : this.apps;
    const app = what === 'appear' ? this.#newApp(which) : [...from.values()][which % Math.max(1, from.size)];
    if (app === undefined) return;
    if (what === 'vanish') this.#vanish(app);
    else if (what === 'rename') this.apps.set(app.id, { ...app, name: `App ${which}` });
    else
      this.apps.set(app.id, what === 'move' && this.#isSite ? { ...app, publishedIn: placeOf(which) } : app);
    this.touched.add(app.id);
    if (!this.#isWanted(this.apps.get(app.id))) this.gone.add(app.id);
  }

  #vanish(app: PublishedApp): void {
    this.apps.delete(app.id);
    this.#left.set(app.id, app);
  }

  #newApp(which: number): PublishedApp {
    this.#made += 1;
    const id = `app-${this.#made}`;
    const rest = { modifiedAt: 1e12, lastReloadAt: undefined, owner: undefined, description: undefined };
    return { id, name: `App ${which}`, publishedIn: placeOf(which), publishedAt: 1e12, ...rest, size: which };
  }

  #isWanted(app: PublishedApp | undefined): boolean {
    return app !== undefined && (this.#filter.length === 0 || this.#filter.includes(app.publishedIn.name));
  }

  async #list(onPage: OnPage): Promise<ListingEnd> {
    this.#noteGone();
    const [pass = HONEST, ...further] = this.#passes;
    this.#passes = further;
    const isHidden = this.#hiding(pass);
    for (let page = 0; page < pass.pages; page += 1) {
      for (const step of pass.steps[page] ?? []) this.happen(step);
      if (pass.end === 'fails' && page === pass.which % pass.pages) throw FAILURE;
      const isShown = (app: PublishedApp) => pageOf(app, pass) === page && !isHidden(app, page);
      const shown = [...this.apps.values()].filter(isShown);
      await onPage(pass.end === 'incomplete' ? [...shown, ...shown.slice(0, 1)] : shown);
    }
    return this.#endOf(pass);
  }

  #noteGone(): void {
    if (this.#isSite) this.gone.clear();
    for (const id of [...this.apps.keys(), ...this.#left.keys()])
      if (!this.#isWanted(this.apps.get(id))) this.gone.add(id);
  }

  /** What this pass does not show, though it is published. */
  #hiding({ end, which }: Pass): (app: PublishedApp, page: number) => boolean {
    if (end === 'incomplete' || (end === 'reduced' && this.#isSite))
      return ({ id }) => numberOf(id) % 3 === which % 3;
    if (this.#isSite) return () => false;
    return end === 'reduced' ? this.#withoutRights(which) : this.#leavingOut(which);
  }

  /** Rights that a client loses while it lists are not back for the next listing. */
  #withoutRights(which: number): (app: PublishedApp, page: number) => boolean {
    const isEverything = which % 4 === 3;
    const from = this.#hasNoRights || this.#leftOut.size > 0 ? 0 : which % 3;
    this.#hasNoRights = true;
    this.#passes = this.#passes.map((pass) => ({ ...pass, end: 'reduced', which }));
    return ({ publishedIn }, page) =>
      page >= from && (isEverything || publishedIn.name === placeOf(which).name);
  }

  #leavingOut(which: number): (app: PublishedApp) => boolean {
    const ids = [...this.apps.keys()];
    const leftOut = which % 2 === 0 ? undefined : ids[which % Math.max(1, ids.length)];
    if (leftOut === undefined || this.#leftOut.has(leftOut)) return () => false;
    this.#leftOut.add(leftOut);
    return ({ id }) => id === leftOut;
  }

  #endOf({ end, which }: Pass): ListingEnd {
    if (end === 'incomplete') return { kind: 'incomplete', why: 'an app was listed twice' };
    if (end === 'reduced' && this.#isSite) return { kind: 'reduced', why: 'it sees fewer' };
    const places = new Set<string>(PLACES);
    if (end === 'withoutPlace') places.delete(placeOf(which).name);
    return { kind: 'complete', places, seesAll: this.#isSite };
  }
}

const FAILURE = new QlikError({
  kind: 'UnexpectedResponse',
  phase: 'api',
  endpoint: 'q:4242',
  detail: 'HTTP 200',
});

function numberOf(id: string): number {
  return Number(id.slice('app-'.length));
}

function placeOf(which: number): PublishedApp['publishedIn'] {
  const name = PLACES[which % PLACES.length]!;
  return { kind: 'Stream', id: name.toLowerCase(), name };
}

/** Every app has its page from the beginning; whoever comes after that was read is not listed. */
function pageOf({ id }: PublishedApp, { pages }: Pass): number {
  return (numberOf(id) * 7) % pages;
}
