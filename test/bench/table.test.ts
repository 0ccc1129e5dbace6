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

test('the table names a scenario once, and says whether goals are met', () => {
  expect(table(COMPARISONS).split('\n')).toEqual([
    'scenario  metric           unit  operator  peer     ratio [range]        goal          met',
    'idle      CPU per minute   ms         300  0.00                 –',
    'steady    CPU per check    ms        13.0  10.0  1.30 [1.20–1.40]  more  ≤ 1.2 × peer  NO',
    '          resident memory  MiB       95.3  50.0  1.91 [1.91–1.91]  more  ≤ 100         yes',
  ]);
});

test('a goal stands at the result it is about', () => {
  expect(resultsOf(COMPARISONS)).toEqual([
    { scenario: 'idle', metric: 'CPU per minute', value: 300, unit: 'ms', goal: null, met: null },
    { scenario: 'idle', metric: 'CPU per minute (peer)', value: 0, unit: 'ms', goal: null, met: null },
    { scenario: 'steady', metric: 'CPU per check', value: 13, unit: 'ms', goal: null, met: null },
    { scenario: 'steady', metric: 'CPU per check (peer)', value: 10, unit: 'ms', goal: null, met: null },
    { scenario: 'steady', metric: 'CPU per check (ratio)', value: 1.3, unit: 'ratio', goal: 1.2, met: false },
    { scenario: 'steady', metric: 'resident memory', value: 95.25, unit: 'MiB', goal: 100, met: true },
    { scenario: 'steady', metric: 'resident memory (peer)', value: 50, unit: 'MiB', goal: null, met: null },
    {
      scenario: 'steady',
      metric: 'resident memory (ratio)',
      value: 1.905,
      unit: 'ratio',
      goal: null,
      met: null,
    },
  ]);
});

test('what is written can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qlik-bench-results-'));
  try {
    const file = join(folder, 'new', 'latest.json');
    await writeResults(file, resultsOf(COMPARISONS));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(resultsOf(COMPARISONS));
  } finally {
    await rm(folder, { recursive: true });
  }
});
