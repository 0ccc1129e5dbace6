import { readFileSync } from 'node:fs';

/** CPU time of a process, all its threads and the children it has waited for, in milliseconds. */
export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

/** Memory of a process, in KiB. */
export interface Memory {
  readonly resident: number;
  /** The most that was ever resident. */
  readonly peak: number;
  /** Of `resident`, what no file stands behind: heap and stacks. */
  readonly anonymous: number;
}

/** The kernel counts for user space in hundredths of a second, whatever its own clock (USER_HZ of every Linux ABI). */
export const MS_PER_TICK = 10;

export function cpuTimeOf(pid: number): CpuTime {
  return parseCpuTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

export function memoryOf(pid: number): Memory {
  return parseMemory(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Reads `/proc/PID/stat`. */
export function parseCpuTime(stat: string): CpuTime {
  // The second field is the name of the program, which may contain spaces and brackets; the rest begins with the third.
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (field: number) => Number(rest[field - 3]);
  return {
    user: (ticks(14) + ticks(16)) * MS_PER_TICK,
    system: (ticks(15) + ticks(17)) * MS_PER_TICK,
  };
}

/** Reads `/proc/PID/status`. */
export function parseMemory(status: string): Memory {
  const field = (name: string): number => {
    const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'mu').exec(status) ?? [];
    if (kib === undefined) throw new Error(`/proc/PID/status has no ${name}; has the process ended?`);
    return Number(kib);
  };
  return { resident: field('VmRSS'), peak: field('VmHWM'), anonymous: field('RssAnon') };
}
