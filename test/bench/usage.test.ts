import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { cpuTimeOf, memoryOf, parseCpuTime, parseMemory } from './usage.ts';

describe('parseCpuTime', () => {
  test('adds waited-for children to the process, each in its own column', () => {
    const stat =
      '1546 (node) R 1 1 1 0 -1 4194304 102 0 0 0 120 30 4 5 20 0 1 0 48022 3133440 379 184467 9470 9470 14072';
    expect(parseCpuTime(stat)).toEqual({ user: 1240, system: 350 });
  });

  test('is not misled by the name of the program', () => {
    expect(parseCpuTime('7 (a) 1 (b c) S 1 1 1 0 -1 0 0 0 0 0 7 8 0 0 20 0')).toEqual({
      user: 70,
      system: 80,
    });
  });
});

describe('parseMemory', () => {
  test('reads the three figures', () => {
    const status = 'Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t  800 kB\nVmRSS:\t   700 kB\nRssAnon:\t 500 kB\n';
    expect(parseMemory(status)).toEqual({ resident: 700, peak: 800, anonymous: 500 });
  });

  test('refuses the status of a process that has no memory any more', () => {
    expect(() => parseMemory('Name:\tnode\nState:\tZ (zombie)\n')).toThrow('has no VmRSS');
  });
});

describe('of this process', () => {
  test('work and children that have ended both count', () => {
    const before = cpuTimeOf(process.pid);
    spawnSync(process.execPath, ['-e', 'const end = Date.now() + 300; while (Date.now() < end);']);
    const after = cpuTimeOf(process.pid);
    expect(after.user - before.user).toBeGreaterThan(50);
  });

  test('memory is what Node says as well', () => {
    const { resident, peak, anonymous } = memoryOf(process.pid);
    expect(resident * 1024).toBeGreaterThan(process.memoryUsage.rss() * 0.8);
    expect(peak).toBeGreaterThanOrEqual(resident);
    expect(anonymous).toBeLessThan(resident);
  });
});
