import { presentFaults, type Simulation } from './simulation.ts';

/** Carries out a line typed by a person and returns what to print; `quit` is the caller's. Throws an error that names what is allowed. */
export async function obey(simulation: Simulation, line: string): Promise<string> {
  const [command = '', name = '', value] = line.trim().split(/\s+/);
  switch (command) {
    case '':
      return '';
    case 'fault':
      await simulation.setFault(name, value);
      return presentFaults(simulation);
    case 'faults':
      return presentFaults(simulation);
    case 'sessions':
      return print(simulation.sessions?.() ?? []);
    case 'counters':
      return print(simulation.counters());
    default:
      throw new Error(`Unknown command "${command}": allowed are fault, faults, sessions, counters, quit`);
  }
}

function print(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
