import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare } from './comparison.ts';
import { resultsOf, writeResults } from './results.ts';
import { table } from './table.ts';

const COMPARISONS = compare(
  [
    {
      operator: { idleCpu: 300, steadyCpu: 12, steadyRss: 95.25 },
      peer: { idleCpu: 0, steadyCpu: 10, steadyRss: 50 },
    },
    {
      operator: { idleCpu: 300, steadyCpu: 14, steadyRss: 95.25 },
      peer: { idleCpu: 0, steadyCpu: 10, steadyRss: 50 },
    },
  ],
  ['idleCpu', 'steadyCpu', 'steadyRss'],
);

const LOAD = { servers: 1000, interval: 60, concurrency: 10, latency: 50 };

test('the table names a scenario once, and says whether goals are met', () => {
  expect(table(COMPARISONS).split('\n')).toEqual([
    'scenario  metric           unit  operator  peer     ratio [range]        goal          met',
    'idle      CPU per minute   ms         300  0.00                 –',
    'steady    CPU per check    ms        13.0  10.0  1.30 [1.20–1.40]  more  ≤ 1.2 × peer  NO',
    '          resident memory  MiB       95.3  50.0  1.91 [1.91–1.91]  more  ≤ 100         yes',
  ]);
});

test('something else than the peer is named, and nothing at all stands as a dash', () => {
  const comparisons = compare(
    [{ operator: { catalogueFirst: 30, catalogueIdleWrites: 0 }, peer: { catalogueFirst: 20 } }],
    ['catalogueFirst', 'catalogueIdleWrites'],
  );
  expect(table(comparisons).split('\n').slice(1)).toEqual([
    'catalogue  time of the first sync  s         30.0  20.0  1.50 [1.50–1.50]  more  ≤ 1.2 × bare loop  NO',
    '           writes of an idle sync            0.00     –                 –        ≤ 0                yes',
  ]);
  expect(resultsOf(comparisons, LOAD).map(({ metric, value }) => [metric, value])).toEqual([
    ['time of the first sync', 30],
    ['time of the first sync (bare loop)', 20],
    ['time of the first sync (ratio)', 1.5],
    ['writes of an idle sync', 0],
  ]);
});

test('a goal stands at the result it is about', () => {
  const results = resultsOf(COMPARISONS, LOAD).map(({ scenario, metric, value, unit, goal, met }) => [
    `${scenario}, ${metric}: ${value} ${unit}`,
    goal,
    met,
  ]);
  expect(results).toEqual([
    ['idle, CPU per minute: 300 ms', null, null],
    ['idle, CPU per minute (peer): 0 ms', null, null],
    ['steady, CPU per check: 13 ms', null, null],
    ['steady, CPU per check (peer): 10 ms', null, null],
    ['steady, CPU per check (ratio): 1.3 ratio', 1.2, false],
    ['steady, resident memory: 95.25 MiB', 100, true],
    ['steady, resident memory (peer): 50 MiB', null, null],
    ['steady, resident memory (ratio): 1.905 ratio', null, null],
  ]);
});

test('every result says under what load it was measured', () => {
  for (const result of resultsOf(COMPARISONS, LOAD)) expect(result).toMatchObject(LOAD);
});

test('what is written can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-bench-results-'));
  try {
    const file = join(folder, 'new', 'latest.json');
    await writeResults(file, resultsOf(COMPARISONS, LOAD));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(resultsOf(COMPARISONS, LOAD));
  } finally {
    await rm(folder, { recursive: true });
  }
});
