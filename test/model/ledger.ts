import type { Model } from './model.ts';
import { at, withEntry, type State } from './state.ts';

/** Entries go by uid, as objects do here. By name, one would be taken for the entry of whatever has that name. */
export function entryOf(model: Model, target: number): number {
  if (model.without !== 'entries by uid') return target;
  const { objects } = model.configuration;
  return objects.findIndex((object) => object.name === at(objects, target).name);
}

export function entryWeight(model: Model, s: State, target: number): number {
  return at(s.ledger.entries, entryOf(model, target));
}

export function hasEntry(model: Model, s: State, target: number): boolean {
  return entryWeight(model, s, target) > 0;
}

export function othersWeight(model: Model, s: State, target: number): number {
  const own = entryOf(model, target);
  return s.ledger.entries.reduce((sum, weight, index) => (index === own ? sum : sum + weight), 0);
}

/** The ledger with the entry of `target` at this weight; 0: without it. */
export function entered(model: Model, s: State, target: number, weight: number): State['ledger'] {
  return withEntry(s.ledger, entryOf(model, target), weight);
}

export function emptyLedger(s: State, phase: State['ledger']['phase']): State['ledger'] {
  return { phase, server: 0, entries: s.ledger.entries.map(() => 0) };
}
