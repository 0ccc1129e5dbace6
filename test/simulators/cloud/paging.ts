import { createHash } from 'node:crypto';
import type { Reply } from '../http/message.ts';
import type { Faults } from './faults.ts';
import { ALIAS } from './keys.ts';
import { json, refusal, traceId } from './message.ts';

/** A list to be answered page by page. */
export interface Listing<Row> {
  readonly url: URL;
  readonly rows: readonly Row[];
  readonly render: (row: Row) => unknown;
  readonly maxLimit: number;
  readonly faults: Faults;
  /** Adds `meta.count`, the number on the page. */
  readonly counted?: boolean;
}

/** What a cursor hides. It belongs to one list with its filters and order. */
interface Cursor {
  readonly list: string;
  readonly start: number;
  /** Empty pages shown in this place. */
  readonly empty: number;
}

/** One page with its links; 400 for a bad limit or cursor. */
export function onePage<Row>(listing: Listing<Row>): Reply {
  const { url, rows, render, maxLimit, faults } = listing;
  const asked = Number(url.searchParams.get('limit') ?? '10');
  if (!Number.isInteger(asked) || asked < 1 || asked > maxLimit) {
    return refusal(400, 'Bad request', `limit must be between 1 and ${maxLimit}`);
  }
  const limit = Math.min(asked, faults.pageLimit || asked);
  const cursor = readCursor(url);
  if (cursor === undefined) return refusal(400, 'Bad request', 'next or prev is not a cursor of this list');
  const data = isEmpty(cursor, faults) ? [] : rows.slice(cursor.start, cursor.start + limit);
  return json(
    {
      data: data.map(render),
      ...(listing.counted && { meta: { count: data.length } }),
      links: {
        self: { href: url.href },
        ...nextLink(listing, cursor, limit),
        ...(cursor.start > 0 && { prev: { href: link(url, 'prev', previous(cursor, limit)) } }),
      },
    },
    200,
    { 'x-b3-traceid': traceId() },
  );
}

function isEmpty({ empty }: Cursor, { emptyPageWithNext }: Faults): boolean {
  return emptyPageWithNext === 'forever' || (emptyPageWithNext && empty === 0);
}

function nextLink<Row>({ url, rows, faults }: Listing<Row>, cursor: Cursor, limit: number): object {
  const next = following(cursor, limit, faults);
  if (next.start < rows.length) {
    const href = new URL(link(url, 'next', next));
    if (faults.nextLinkElsewhere) href.hostname = ALIAS;
    return { next: { href: href.href } };
  }
  if (faults.nextNull === false) return {};
  return { next: faults.nextNull === true ? null : { href: '' } };
}

function following(cursor: Cursor, limit: number, faults: Faults): Cursor {
  if (faults.repeatedCursor) return cursor;
  return isEmpty(cursor, faults)
    ? { ...cursor, empty: cursor.empty + 1 }
    : { ...cursor, start: cursor.start + limit, empty: 0 };
}

function previous(cursor: Cursor, limit: number): Cursor {
  return { ...cursor, start: Math.max(0, cursor.start - limit), empty: 0 };
}

function link(url: URL, direction: 'next' | 'prev', cursor: Cursor): string {
  const target = new URL(url);
  target.searchParams.delete('next');
  target.searchParams.delete('prev');
  target.searchParams.set(direction, Buffer.from(JSON.stringify(cursor)).toString('base64url'));
  return target.href;
}

/** The place a request asks for; undefined if it asks for two, or for one of another list. */
function readCursor({ pathname, searchParams }: URL): Cursor | undefined {
  const list = fingerprint(pathname, searchParams);
  const [value, ...more] = [...searchParams.getAll('next'), ...searchParams.getAll('prev')];
  if (value === undefined) return { list, start: 0, empty: 0 };
  try {
    const cursor = JSON.parse(Buffer.from(value, 'base64url').toString()) as Cursor;
    return more.length === 0 && cursor.list === list ? cursor : undefined;
  } catch {
    return undefined;
  }
}

function fingerprint(path: string, params: URLSearchParams): string {
  const relevant = new URLSearchParams(params);
  for (const name of ['limit', 'next', 'prev', 'noActions']) relevant.delete(name);
  relevant.sort();
  return createHash('sha256').update(`${path}?${relevant.toString()}`).digest('base64url').slice(0, 12);
}
