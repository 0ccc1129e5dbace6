import type { Reply } from '../http/message.ts';
import { condensed } from './condensed.ts';
import type { Faults } from './faults.ts';
import { applyFilter } from './filter/filter.ts';
import { FilterError } from './filter/filtererror.ts';
import { type QlikRecord, valuesOf } from './filter/property.ts';
import { json, text } from './message.ts';
import { sortedBy } from './sort.ts';

/** A list to be answered: the type as in the path, the form behind it, and the records that the user may see. */
export interface Listing {
  readonly type: string;
  /** Empty (condensed), `full` or `count`. */
  readonly form: string;
  readonly url: URL;
  /** All records; a filter must fit them, whoever asks. */
  readonly records: readonly QlikRecord[];
  readonly sees: (record: QlikRecord) => boolean;
  readonly faults: Faults;
}

/** Answers a list or its count. `skip` and `take` are not known here. */
export function list(listing: Listing): Reply {
  const kept = selected(listing);
  return 'status' in kept ? kept : shape(listing, kept);
}

/** The records that pass the filter and may be seen, or the refusal of the request. */
export function selected({ url, records, sees }: Listing): readonly QlikRecord[] | Reply {
  if (hasValuelessParameter(url.search)) {
    return text(400, 'Missing parameter value(s)');
  }
  const filter = url.searchParams.get('filter');
  try {
    return (filter === null ? records : applyFilter(records, filter)).filter(sees);
  } catch (error) {
    if (error instanceof FilterError) {
      return text(400, error.message);
    }
    throw error;
  }
}

/** A record as it leaves the site: without what a fault takes away. */
export function outgoing(record: QlikRecord, { unpublishedTime }: Faults): QlikRecord {
  if (unpublishedTime === false || record['published'] !== false) return record;
  const { publishTime: _sentinel, ...rest } = record;
  return unpublishedTime === 'null' ? { ...rest, publishTime: null } : rest;
}

/** True for `?filter=name eq 'A & B'` with a bare `&`, which cuts the filter in two. */
function hasValuelessParameter(search: string): boolean {
  return search
    .slice(1)
    .split('&')
    .some((pair) => !/=./.test(pair));
}

function shape(listing: Listing, kept: readonly QlikRecord[]): Reply {
  const { form, type, faults } = listing;
  if (form === 'count') {
    return count(kept.length, faults);
  }
  const ordered = inOrder(listing, kept)?.map((record) => outgoing(record, faults));
  if (ordered === undefined) {
    return text(400, 'Invalid expression');
  }
  if (form === 'full') {
    return json(faults.fullLimit === 0 ? ordered : ordered.slice(0, faults.fullLimit));
  }
  return json(ordered.map((record) => condensed(type, record)));
}

/** As `orderby=name` or `orderby=name desc` says; undefined if there is no such property. */
function inOrder({ url, records }: Listing, kept: readonly QlikRecord[]): readonly QlikRecord[] | undefined {
  const [property = '', direction] = (url.searchParams.get('orderby') ?? '').split(/\s+/);
  if (property === '') return kept;
  const [sample] = records;
  const known = sample === undefined || valuesOf(sample, property) !== undefined;
  return known ? sortedBy(kept, property, direction !== 'desc') : undefined;
}

function count(value: number, { countAs }: Faults): Reply {
  switch (countAs) {
    case false:
      return json({ value });
    case 'integer':
      return json(value);
    case 'text':
      return text(200, `value: ${value}`);
  }
}
