import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { MS_PER_TICK } from './usage.ts';

/** Which core the measured program has to itself, and which one all the rest shares. */
export interface Cores {
  readonly measured: number;
  readonly rest: number;
}

/** How long a core was busy since the machine started, in milliseconds. */
export interface CoreTime {
  readonly busy: number;
  /** What the hypervisor gave to other machines while this one wanted it. */
  readonly stolen: number;
}

/** The first two cores that this process may use; says what to do where there are none. */
export function requireCores(): Cores {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch (cause) {
    throw new Error(
      'Benchmarks need taskset (package util-linux) to give the measured program its own core',
      {
        cause,
      },
    );
  }
  const allowed = /^Cpus_allowed_list:\s*(.*)$/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [measured, rest] = parseCoreList(allowed);
  if (measured === undefined || rest === undefined) {
    throw new Error(
      `Benchmarks need two cores: one for the measured program, one for the rest; this process may use "${allowed}"`,
    );
  }
  return { measured, rest };
}

/** Reads a list as the kernel writes it, such as `0-2,5`. */
export function parseCoreList(list: string): number[] {
  return list
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** Moves this process with all its threads to a core; whatever it starts from now on begins there. */
export function moveTo(core: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(process.pid)], {
    stdio: 'ignore',
  });
}

export function coreTime(core: number): CoreTime {
  return parseCoreTime(readFileSync('/proc/stat', 'utf8'), core);
}

/** Reads the line of a core in `/proc/stat`. */
export function parseCoreTime(stat: string, core: number): CoreTime {
  const [, columns] = new RegExp(`^cpu${core} (.*)$`, 'mu').exec(stat) ?? [];
  if (columns === undefined) throw new Error(`/proc/stat has no core ${core}`);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = columns
    .split(' ')
    .map((ticks) => Number(ticks) * MS_PER_TICK);
  return { busy: user + nice + system + irq + softirq, stolen: steal };
}
