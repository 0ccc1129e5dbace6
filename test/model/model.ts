import type { Configuration } from './configurations.ts';
import type { Rule } from './rules.ts';
import { at, type State } from './state.ts';

/** One configuration, with the protocol as it is or without one of its rules. */
export interface Model {
  readonly configuration: Configuration;
  readonly without: Rule | undefined;
}

export type Who =
  | 'operator A'
  | 'operator B'
  | 'late request'
  | 'Job controller'
  | 'holder'
  | 'clock'
  | 'user'
  | 'fault';

/** One step of one of them. What users and faults do may happen; what the others do goes on happening. */
export interface Move {
  readonly who: Who;
  readonly does: string;
  readonly target?: number;
  readonly breach?: string | undefined;
}

export type Emit = (next: State, move: Move) => void;

const NAMES: readonly Who[] = ['operator A', 'operator B', 'late request'];

export function nameOf(who: number): Who {
  return at(NAMES, who);
}

export function limitOf(model: Model, server: number): number {
  return at(model.configuration.limits, server);
}
