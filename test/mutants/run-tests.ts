import { join } from 'node:path';
import type { Mutant } from './mutant.ts';
import { runInGroup } from './process-group.ts';
import { projectOf } from './project.ts';
import { reportPath, takeReport, type Report } from './report.ts';

/** Seconds after which a run is given up: a mutant may hold up a process so that no limit of Vitest is kept. */
const LIMIT = 120;

type Tests = Pick<Mutant, 'testFile' | 'tests'>;

/** Vitest has made no report. */
export class NoReport extends Error {}

/** Runs these tests, and no others, in a copy of the repository. */
export async function runTests(folder: string, tests: readonly Tests[], stop: AbortSignal): Promise<Report> {
  const limit = AbortSignal.timeout(LIMIT * 1000);
  const output = await runInGroup(process.execPath, argumentsFor(folder, tests), {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
    signal: AbortSignal.any([stop, limit]),
  });
  stop.throwIfAborted();
  const report = await takeReport(folder);
  if (report === undefined) {
    const why = limit.aborted ? `it was given up after ${LIMIT} s` : 'it failed by itself';
    throw new NoReport(`Vitest has made no report, as ${why}. It printed:\n${output.trim()}`);
  }
  return report;
}

function argumentsFor(folder: string, tests: readonly Tests[]): string[] {
  const names = [...new Set(tests.flatMap(({ tests: starts }) => starts))].map(patternOf);
  return [
    join(folder, 'node_modules/vitest/vitest.mjs'),
    'run',
    `--root=${folder}`,
    `--config=${join(folder, 'test/mutants/vitest.config.ts')}`,
    ...[...new Set(tests.map(projectOf))].map((project) => `--project=${project}`),
    `--testNamePattern=^(?:${names.join('|')})`,
    '--reporter=json',
    `--outputFile=${reportPath(folder)}`,
    ...new Set(tests.map(({ testFile }) => testFile)),
  ];
}

/** Vitest compares with `describe > test`, and reports `describe test`. */
function patternOf(start: string): string {
  return start.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`).replaceAll(' ', '(?: > | )');
}
