/** Which simulators there are. */
export const KINDS = ['onpremise', 'cloud'] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** The value of a fault. */
export type FaultValue = string | number | boolean;

/** What the command line and the admin API need to know of a simulator, whichever it is. */
export interface Simulation {
  /** Present values of all faults. */
  readonly faults: Readonly<Record<string, FaultValue>>;
  /** Values of all faults in a healthy simulator. */
  readonly usualFaults: Readonly<Record<string, FaultValue>>;
  /** Meaning of all faults. */
  readonly faultHelp: Readonly<Record<string, string>>;
  /** Sets a fault as typed by a person: `hang` + `repository`, `slow` + `off`. Throws an error that names what is allowed. */
  readonly setFault: (name: string, value?: string) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
  readonly counters: () => unknown;
  readonly resetCounters: () => void;
  /** Absent: there is no such thing. */
  readonly sessions?: () => unknown;
  /** Adds published apps and returns how many there are then; throws a RangeError if they do not fit. */
  readonly addApps: (count: number) => number;
  /** The page of help, given the address of the admin API. */
  readonly welcome: (adminUrl: string) => string;
  /** Ends it and removes its files. */
  readonly stop: () => Promise<void>;
}

/** All faults with their meaning, a line each. */
export function faultTable(help: Readonly<Record<string, string>>): string {
  return Object.entries(help)
    .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
    .join('\n');
}

/** The faults that differ from a healthy simulator, a line each. */
export function presentFaults({ faults, usualFaults }: Simulation): string {
  const present = Object.entries(faults).filter(([name, value]) => value !== usualFaults[name]);
  return present.length === 0 ? 'No faults.' : present.map(([name, value]) => `${name}: ${value}`).join('\n');
}
