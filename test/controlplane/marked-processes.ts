import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** A process found by what it inherited. */
export interface MarkedProcess {
  readonly pid: number;
  /** Its command line, for the message of a test that found it left over. */
  readonly command: string;
}

/** An environment variable that nobody else has. Processes inherit it; so the leftovers of a test can be told. */
export class Marker {
  readonly env: Readonly<Record<string, string>> = { CONTROL_PLANE_TEST: randomUUID() };

  /** All running processes that inherited the variable. Linux only. */
  processes(): MarkedProcess[] {
    const entry = Object.entries(this.env)[0]!.join('=');
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => read(pid, 'environ').includes(entry))
      .map((pid) => ({ pid: Number(pid), command: read(pid, 'cmdline').join(' ').trim() }));
  }

  /** Whether one of them runs this command; for tests that strike at a certain moment. */
  runs(part: string): boolean {
    return this.processes().some(({ command }) => command.includes(part));
  }
}

function read(pid: string, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return []; // It has ended meanwhile, or is not ours.
  }
}
