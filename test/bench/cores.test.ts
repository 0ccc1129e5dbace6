import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseCoreList, parseCoreTime, requireCores } from './cores.ts';

test.for([
  ['0-1', [0, 1]],
  ['3', [3]],
  ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ['', []],
] as const)('the list "%s" names %j', ([list, cores]) => {
  expect(parseCoreList(list)).toEqual(cores);
});

describe('parseCoreTime', () => {
  const stat = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 100 50 4 5 6 0 0\ncpu1 10 0 0 1 0 0 0 0 0 0\nintr 1\n';

  test('idle time and waiting for disks are not busy', () => {
    expect(parseCoreTime(stat, 0)).toEqual({ busy: 150, stolen: 60 });
    expect(parseCoreTime(stat, 1)).toEqual({ busy: 100, stolen: 0 });
  });

  test('a core that is not there is an error', () => {
    expect(() => parseCoreTime(stat, 2)).toThrow('no core 2');
  });
});

test('a process with one core only is told what is missing', () => {
  const source = `import(${JSON.stringify(`${import.meta.dirname}/cores.ts`)}).then(({ requireCores }) => requireCores())`;
  const { measured } = requireCores();
  const run = () =>
    execFileSync('taskset', ['--cpu-list', String(measured), process.execPath, '-e', source], {
      stdio: 'pipe',
      encoding: 'utf8',
    });
  expect(run).toThrow(
    `need two cores: one for the measured program, one for the rest; this process may use "${measured}"`,
  );
});
