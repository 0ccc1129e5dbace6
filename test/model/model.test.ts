import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS, type ConfigurationName } from './configurations.ts';
import type { Exploration } from './explore.ts';
import { exploreGate, story } from './gate.ts';
import type { Move } from './model.ts';
import { RULES, type Rule } from './rules.ts';

/** `TRACE=1`: also tell the shortest way to what was found without a rule. */
const TRACE = process.env['TRACE'] === '1';

function outcome({ breach, stuck }: Exploration<Move>): string {
  if (breach !== undefined) return `breach: ${breach.why}\n${story(breach.trace)}`;
  return stuck === undefined ? 'safe, and never stuck' : `stuck after:\n${story(stuck.trace)}`;
}

function found({ breach, stuck }: Exploration<Move>): string {
  if (breach !== undefined) return 'breach';
  return stuck === undefined ? 'nothing' : 'stuck';
}

describe('the gate', () => {
  it.each(Object.keys(CONFIGURATIONS) as ConfigurationName[])('is safe and never stuck: %s', (name) => {
    const exploration = exploreGate(name);
    console.log(`${name}: ${exploration.states} states, ${exploration.edges} transitions`);
    expect(outcome(exploration)).toBe('safe, and never stuck');
  });
});

describe('the gate without', () => {
  const removals = (Object.keys(RULES) as Rule[]).flatMap((rule) =>
    RULES[rule].among.map((name) => ({ rule, name, expected: RULES[rule].found })),
  );

  it.each(removals)('$rule: $expected, $name', ({ rule, name, expected }) => {
    const exploration = exploreGate(name, rule);
    if (TRACE) console.log(`An operator ${RULES[rule].without}: ${outcome(exploration)}`);
    expect(found(exploration), outcome(exploration)).toBe(expected);
  });
});
