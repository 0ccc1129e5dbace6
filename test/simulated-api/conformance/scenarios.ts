import type { Recording } from './recording.ts';

/** Requests to be sent to both API servers. */
export interface Scenario {
  readonly name: string;
  readonly run: (api: Recording) => Promise<void>;
}

/** The same requests with a sentence for each. */
export function scenarios(table: Readonly<Record<string, Scenario['run']>>): Scenario[] {
  return Object.entries(table).map(([name, run]) => ({ name, run }));
}
