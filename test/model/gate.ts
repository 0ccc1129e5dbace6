import { beginning, configured, type ConfigurationName } from './configurations.ts';
import { withoutDoomed } from './doomed.ts';
import { explore, type Exploration } from './explore.ts';
import { key } from './key.ts';
import type { Model, Move } from './model.ts';
import type { Rule } from './rules.ts';
import { settled } from './settled.ts';
import { steps } from './steps.ts';

/** The gate in one configuration, as DESIGN §5 has it or without one of its rules. */
export function exploreGate(name: ConfigurationName, without?: Rule): Exploration<Move> {
  const configuration = configured(name);
  const model: Model = { configuration, without };
  return explore({
    initial: beginning(configuration),
    steps: (state, emit) => steps(model, state, (next, move) => emit(withoutDoomed(model, next), move)),
    key,
    breach: (move) => move.breach,
    reliable: ({ who }) => who !== 'user' && who !== 'fault',
    settled: (state) => settled(model, state),
  });
}

/** A trace as numbered lines; objects are numbered from 1. */
export function story(trace: readonly Move[]): string {
  return trace
    .map(({ who, does, target, breach }, i) => {
      const of = target === undefined ? '' : ` [${target + 1}]`;
      return `${String(i + 1).padStart(3)}. ${who}: ${does}${of}${breach === undefined ? '' : ` → ${breach}`}`;
    })
    .join('\n');
}
