import { randomUUID } from 'node:crypto';
import type { Reply } from '../http/message.ts';
import type { Faults } from './faults.ts';
import { type QlikRecord, valuesOf } from './filter/property.ts';
import { type Listing, outgoing, selected } from './lists.ts';
import { json, text } from './message.ts';
import { sortedBy } from './sort.ts';

/** A column as asked for. */
interface Column {
  readonly name: string;
  readonly columnType: string;
  readonly definition: string;
  readonly list?: readonly Column[];
}

interface Window {
  readonly skip: number;
  readonly take: number;
}

/** Names under which a full record holds what a list column calls by its type. */
const listProperties: Readonly<Record<string, string>> = {
  tag: 'tags',
  custompropertyvalue: 'customProperties',
};

/** Answers `POST /qrs/{type}/table`: chosen columns, in order, page by page. */
export function table(listing: Listing, body: string): Reply {
  const columns = readColumns(body, listing.type);
  const window = readWindow(listing.url);
  if (columns === undefined || window === undefined) return text(400, 'Bad Request');
  const kept = selected(listing);
  if ('status' in kept) return kept;
  const sorted = inOrder(listing, columns, kept);
  if (sorted === undefined) return text(400, 'Invalid sort column');
  return json(
    {
      id: randomUUID(),
      columnNames: columns.map(({ name }) => name),
      rows: pageOf(sorted, window, listing.faults).map((record) =>
        columns.map((column) => cell(outgoing(record, listing.faults), column)),
      ),
      schemaPath: 'Table',
    },
    201,
  );
}

function pageOf(
  records: readonly QlikRecord[],
  { skip, take }: Window,
  { tableLimit, rowRepeated }: Faults,
): readonly QlikRecord[] {
  const page = records.slice(skip, skip + Math.min(take, tableLimit || take));
  return rowRepeated ? [...page, ...page.slice(-1)] : page;
}

/** Whether a request asks for a page beyond the first one. */
export function isFurtherPage({ searchParams }: URL): boolean {
  return Number(searchParams.get('skip') ?? '0') > 0;
}

function inOrder(
  { url, records, faults }: Listing,
  columns: readonly Column[],
  kept: readonly QlikRecord[],
): readonly QlikRecord[] | undefined {
  const name = url.searchParams.get('sortColumn');
  if (name === null) return kept;
  if (name === faults.notSortable) return undefined;
  const property = columns.find((column) => column.name === name)?.definition ?? name;
  const [sample] = records;
  if (sample !== undefined && valuesOf(sample, property) === undefined) return undefined;
  return sortedBy(kept, property, url.searchParams.get('orderAscending') !== 'false');
}

function cell(record: QlikRecord, { columnType, definition, list }: Column): unknown {
  switch (columnType) {
    case 'Property':
      return valueAt(record, definition);
    case 'Function':
      return called(record, definition);
    case 'List':
      return rowsOf(record, definition, list ?? []);
    default:
      return record['privileges'] ?? null;
  }
}

function valueAt(record: QlikRecord, path: string): unknown {
  const values = valuesOf(record, path) ?? [];
  return path.startsWith('@') ? values : (values[0] ?? null);
}

/** The two functions that make sense without the internals of QRS: `Count(tags)` and `HasPrivilege('read')`; null for others. */
function called(record: QlikRecord, definition: string): unknown {
  const [, name = '', argument = ''] = /^(\w+)\(["']?(.*?)["']?\)$/.exec(definition) ?? [];
  if (name.toLowerCase() === 'count')
    return (record[argument] as readonly unknown[] | undefined)?.length ?? 0;
  if (name.toLowerCase() !== 'hasprivilege') return null;
  return ((record['privileges'] ?? []) as readonly string[]).includes(argument);
}

function rowsOf(record: QlikRecord, definition: string, columns: readonly Column[]): unknown {
  const property = listProperties[definition.toLowerCase()] ?? definition;
  const members = (record[property] ?? []) as readonly QlikRecord[];
  return {
    columnNames: columns.map(({ name }) => name),
    rows: members.map((member) => columns.map((column) => cell(member, column))),
    schemaPath: 'Table',
  };
}

function readWindow({ searchParams }: URL): Window | undefined {
  const [skip, take] = ['skip', 'take'].map((name) => searchParams.get(name));
  const numbers = [skip ?? '0', take ?? '0'];
  if (!numbers.every((number) => /^\d{1,9}$/.test(number))) return undefined;
  return { skip: Number(skip), take: take === null ? Infinity : Number(take) };
}

/** The columns of a request for this type; undefined if it is malformed. */
function readColumns(body: string, type: string): readonly Column[] | undefined {
  try {
    const asked = JSON.parse(body) as { entity?: string; type?: string; columns: readonly Column[] };
    const named = (asked.entity ?? asked.type ?? '').toLowerCase() === type;
    return named && asked.columns.length > 0 && asked.columns.every(isColumn) ? asked.columns : undefined;
  } catch {
    return undefined;
  }
}

function isColumn({ name, columnType, definition }: Column): boolean {
  return (
    /^\S+$/.test(name) &&
    ['Property', 'Function', 'List', 'Privileges'].includes(columnType) &&
    typeof definition === 'string'
  );
}
