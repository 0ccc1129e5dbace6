import { parseFault } from './onpremise/faults.ts';
import type { OnPremiseSite } from './onpremise/site.ts';

/** Carries out a line typed by a person and returns what to print; `quit` is the caller's. Throws an error that names what is allowed. */
export async function obey(site: OnPremiseSite, line: string): Promise<string> {
  const [command = '', name, value] = line.trim().split(/\s+/);
  switch (command) {
    case '':
      return '';
    case 'fault':
      await site.setFaults(parseFault(name ?? '', value));
      return currentFaults(site);
    case 'faults':
      return currentFaults(site);
    case 'sessions':
      return JSON.stringify(site.sessions, null, 2);
    case 'counters':
      return JSON.stringify(site.counters, null, 2);
    default:
      throw new Error(`Unknown command "${command}": allowed are fault, faults, sessions, counters, quit`);
  }
}

function currentFaults(site: OnPremiseSite): string {
  const present = Object.entries(site.faults).filter(([, value]) => value !== false && value !== 0);
  return present.length === 0 ? 'No faults.' : present.map(([name, value]) => `${name}: ${value}`).join('\n');
}
