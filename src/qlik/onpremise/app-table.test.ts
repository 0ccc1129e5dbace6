import { describe, expect, test } from 'vitest';
import { BareRepository } from '../../../test/simulators/onpremise/bare-repository.ts';
import type { PublishedApp } from '../app-listing.ts';
import { APP_COLUMNS, appsOf } from './app-table.ts';

const ID = '5a94e3e9-157c-4ec2-8e65-f0a427290d14';
const { session } = new BareRepository().accounts.repository;

const USUAL = {
  id: ID,
  name: 'Sales',
  published: true,
  publishTime: '2026-05-04T12:00:00.000Z',
  modifiedDate: '2026-05-05T12:00:00.000Z',
  lastReloadTime: '2026-05-06T12:00:00.000Z',
  streamId: 's1',
  streamName: 'Finance',
  ownerDirectory: 'CORP',
  ownerId: 'jane',
  description: 'What was sold',
  fileSize: 4096,
};

/** What becomes of a row that differs so from the usual one; `undefined`: a cell that is missing. */
function read(
  difference: Record<string, unknown>,
): { id: string; app: PublishedApp | undefined } | undefined {
  const cells: Record<string, unknown> = { ...USUAL, ...difference };
  const columnNames = APP_COLUMNS.map(([name]) => name).filter((name) => cells[name] !== undefined);
  return appsOf(session, { columnNames, rows: [columnNames.map((name) => cells[name])] })[0];
}

test('a row says all there is to say of an app', () => {
  expect(read({})).toEqual({
    id: ID,
    app: {
      id: ID,
      name: 'Sales',
      publishedIn: { kind: 'Stream', id: 's1', name: 'Finance' },
      publishedAt: Date.UTC(2026, 4, 4, 12),
      modifiedAt: Date.UTC(2026, 4, 5, 12),
      lastReloadAt: Date.UTC(2026, 4, 6, 12),
      owner: 'CORP\\jane',
      description: 'What was sold',
      size: 4096,
    },
  });
});

test('the columns may come in any order', () => {
  const columnNames = APP_COLUMNS.map(([name]) => name).reverse();
  const cells: Record<string, unknown> = USUAL;
  expect(appsOf(session, { columnNames, rows: [columnNames.map((name) => cells[name])] })).toEqual([
    read({}),
  ]);
});

describe('in an app', () => {
  test.each<[string, Record<string, unknown>, Partial<PublishedApp>]>([
    [
      'the date that stands for never is left out',
      { lastReloadTime: '1753-01-01T00:00:00.000Z' },
      { lastReloadAt: undefined },
    ],
    ['an empty description is left out', { description: '' }, { description: undefined }],
    ['the directory of the owner may be missing', { ownerDirectory: null }, { owner: '\\jane' }],
    ['there may be no owner', { ownerId: null }, { owner: undefined }],
    ['a size that is no whole number is left out', { fileSize: 1.5 }, { size: undefined }],
    ['a negative size is left out', { fileSize: -1 }, { size: undefined }],
    [
      'the ID of a stream stands for its name',
      { streamName: null },
      { publishedIn: { kind: 'Stream', id: 's1', name: 's1' } },
    ],
    [
      'there may be no stream',
      { streamId: null, streamName: undefined },
      { publishedIn: { kind: 'Stream', id: '', name: '' } },
    ],
    ['a time of another kind is left out', { publishTime: 5 }, { publishedAt: undefined }],
    ['capitals of an ID do not count', { id: ID.toUpperCase() }, { id: ID }],
  ])('%s', (_what, difference, expected) => {
    expect(read(difference)?.app).toMatchObject(expected);
  });
});

test('an app that is not published is none, though it has a place among the rows', () => {
  expect(read({ published: false })).toEqual({ id: ID, app: undefined });
});

test.each([
  ['id', { id: 'not/an/id' }],
  ['id', { id: undefined }],
  ['name', { name: null }],
  ['published', { published: 'true' }],
])('a row whose %s is wrong is not what Qlik sends: %o', (column, difference) => {
  expect(() => read(difference)).toThrow(`a row of the apps is not what Qlik sends (at "${column}")`);
});
