import * as z from 'zod';
import { Pages, type ListingEnd, type OnPage, type PublishedApp } from '../app-listing.ts';
import { failureOf, type FailureKind } from '../failure.ts';
import { appsOf, APP_COLUMNS, table } from './app-table.ts';
import { rootAdmin, userExists } from './checks.ts';
import type { AccountsContext } from './context.ts';
import { userName, type QlikUser } from './headers.ts';
import { jsonOf } from './json.ts';
import type { TableQuery } from './repository.ts';

const PUBLISHED = 'published eq true';
/** Rows of a page: with the longest descriptions still far below the limit of an answer. */
const PAGE = 200;
/** More apps than any site has: a site that never comes to an end is not listed for ever. */
const MOST_PAGES = 1_000;

const MOVED = 'apps came or went while they were listed';

/** Failures that mean that the service account has lost its rights, not that the site is in trouble. */
const REDUCED: ReadonlySet<FailureKind> = new Set([
  'UserNotFound',
  'UserInactive',
  'UserRefused',
  'MissingRole',
  'ListsFiltered',
]);

/** What tells whether apps came or went meanwhile: one that came has the newest publication, one that went is not counted. */
interface Census {
  readonly total: number;
  readonly newest: string;
}

/**
 * Lists the published apps as the service account. That the account sees all of them is asked before and after, and the
 * listing is held against what the administrator saw both times: a right that was taken meanwhile, and given back, shows.
 */
export async function listApps(context: AccountsContext, onPage: OnPage): Promise<ListingEnd> {
  const before = await whole(context);
  if (typeof before === 'string') return { kind: 'reduced', why: before };
  const pages = new Pages();
  const moved = await readPages(context, async (apps) => {
    pages.add(apps);
    await onPage(apps);
  });
  // Afterwards: a stream that was renamed meanwhile must not seem to be there still, with all of its apps gone.
  const streams = await context.repository.streams(context.serviceAccount);
  const after = await whole(context);
  if (typeof after === 'string') return { kind: 'reduced', why: after };
  const why = moved ?? mismatch(pages, before, after);
  if (why !== undefined) return { kind: 'incomplete', why };
  return { kind: 'complete', places: new Set(streams.map(({ name }) => name)), seesAll: true };
}

/** Number of published apps and the time of the newest publication. */
export async function appsHint(context: AccountsContext): Promise<string> {
  const { total, newest } = await census(context, context.serviceAccount);
  return `${total} ${newest}`;
}

async function census({ repository }: AccountsContext, as: QlikUser): Promise<Census> {
  const total = await repository.appCount(as, PUBLISHED);
  const response = await repository.appTable(as, {
    filter: PUBLISHED,
    columns: [['publishTime', 'publishTime']],
    sortColumn: 'publishTime',
    orderAscending: false,
    skip: 0,
    take: 1,
  });
  // Should a site not sort by this, the number alone must do.
  if (response.status === 400) return { total, newest: '' };
  const { rows } = jsonOf(repository.session, response, table);
  return { total, newest: z.string().catch('').parse(rows[0]?.[0]) };
}

/** All published apps, as the administrator sees them; else why the service account may not see every one. */
async function whole(context: AccountsContext): Promise<Census | string> {
  const { repository, serviceAccount, admin } = context;
  try {
    const { user } = await userExists(context);
    await rootAdmin(context, user);
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== undefined && REDUCED.has(failure.kind)) return failure.detail;
    throw error;
  }
  // Apps come and go between two counts, so a difference must show twice.
  for (let look = 1; look <= 2; look += 1) {
    const all = await census(context, admin);
    if ((await repository.appCount(serviceAccount, PUBLISHED)) >= all.total) return all;
  }
  return `${userName(serviceAccount)} sees fewer published apps than ${userName(admin)} (${repository.session.address})`;
}

/**
 * Reads page after page, in the order of the ids, until nothing follows: pages may be shorter than asked for. Each page
 * begins with the last row of the one before: should the rows have moved meanwhile, because an app came or went, it is
 * another one. Says so then, and ends.
 */
async function readPages(context: AccountsContext, onPage: OnPage): Promise<string | undefined> {
  const sortColumn = await sortable(context);
  let last: string | undefined;
  let read = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const rows = await readPage(context, { sortColumn, after: last, read });
    if (rows === undefined) return MOVED;
    const apps = rows.flatMap(({ app }) => app ?? []);
    if (apps.length > 0) await onPage(apps);
    read += rows.length;
    last = rows.at(-1)?.id ?? last;
    if (rows.length === 0) return undefined;
  }
  return `the site lists more than ${MOST_PAGES * PAGE} published apps`;
}

/** Some sites may not sort by id; the order by name is as good, as long as nothing is repeated. */
async function sortable(context: AccountsContext): Promise<string> {
  const { status } = await context.repository.appTable(
    context.serviceAccount,
    query({ sortColumn: 'id', skip: 0, take: 1 }),
  );
  return status === 400 ? 'name' : 'id';
}

type Window = Pick<TableQuery, 'sortColumn' | 'skip' | 'take'>;

function query(window: Window): TableQuery {
  return { filter: PUBLISHED, columns: APP_COLUMNS, orderAscending: true, ...window };
}

/** The rows behind the last one read; `undefined`, if that one is not where it was. */
async function readPage(
  { repository, serviceAccount }: AccountsContext,
  { sortColumn, after, read }: { sortColumn: string; after: string | undefined; read: number },
): Promise<{ id: string; app: PublishedApp | undefined }[] | undefined> {
  const overlap = after === undefined ? 0 : 1;
  const window = { sortColumn, skip: read - overlap, take: PAGE + overlap };
  const response = await repository.appTable(serviceAccount, query(window));
  const rows = appsOf(repository.session, jsonOf(repository.session, response, table));
  if (rows.length > window.take)
    throw repository.session.failure('UnexpectedResponse', 'a page of apps is longer than asked for');
  return after === undefined || rows.shift()?.id === after ? rows : undefined;
}

function mismatch(pages: Pages, before: Census, after: Census): string | undefined {
  if (pages.hasRepetition) return 'an app was listed twice';
  if (before.total !== after.total || before.newest !== after.newest) return MOVED;
  return pages.size === after.total
    ? undefined
    : 'the site counts another number of published apps than it lists';
}
