import type { Fault } from './faults.ts';
import { UNSEEN } from './slot-lease.ts';
import { REPLICAS, RESTING, type Holder, type State } from './state.ts';
import type { UserAction } from './user.ts';

export interface ConfiguredObject {
  readonly kind: 'Job' | 'SlotLease';
  readonly name: string;
  readonly weight: number;
  /** Not there at first: created by the user. */
  readonly later?: boolean;
  /** Its admission is refused by the API server as invalid. */
  readonly invalid?: boolean;
}

/** A part of the world small enough to be explored in full. */
export interface Configuration {
  readonly name: string;
  readonly objects: readonly ConfiguredObject[];
  /** The limit in each version of the QlikServer: of a later generation, or re-created under its name. */
  readonly limits: readonly number[];
  readonly user: readonly UserAction[];
  readonly faults: readonly Fault[];
  /** Up to which generation a Job is unsuspended and suspended again by hand; the gate adds one at most. */
  readonly lastGeneration: number;
  /** Waiting Jobs are taken in order. Elsewhere in any, which allows for whatever an operator's cache shows. */
  readonly inOrder?: boolean;
  /** Other Jobs come and go, so that the ledger is written in any 10 s. */
  readonly load?: boolean;
}

/** One slot, and nothing but what the operators and the Job controller do. */
const QUIET = { limits: [1], lastGeneration: 1, user: [], faults: [] };

/** Together they need every rule of rules.ts. */
export const CONFIGURATIONS = {
  'three Jobs': {
    ...QUIET,
    objects: jobs(1, 1, 1),
    faults: ['a late request', 'a lost ledger', 'a restored ledger'],
  },
  'two slots': { ...QUIET, objects: jobs(2, 1, 1), limits: [2], user: ['deletes'] },
  'deleted Jobs': {
    ...QUIET,
    objects: jobs(1, 1),
    user: ['deletes', 'removes the label'],
    faults: ['a late request', 'a lost ledger'],
  },
  'deleted wide Jobs': {
    ...QUIET,
    objects: jobs(2, 1),
    limits: [2],
    user: ['deletes'],
    faults: ['a lost ledger'],
  },
  'suspended again': {
    ...QUIET,
    objects: jobs(1, 1),
    lastGeneration: 5,
    user: ['suspends again', 'requeues'],
    faults: ['a late request', 'a lost ledger'],
  },
  'unsuspended by hand': {
    ...QUIET,
    objects: jobs(1, 1),
    lastGeneration: 3,
    user: ['suspends again', 'requeues', 'unsuspends by hand'],
    faults: ['a lost ledger'],
  },
  'limit lowered': {
    ...QUIET,
    objects: jobs(1, 1),
    limits: [2, 1],
    user: ['changes the QlikServer'],
    faults: ['a late request', 'a lost ledger'],
  },
  'limit lowered and raised': {
    ...QUIET,
    objects: jobs(1, 1),
    limits: [2, 1, 2],
    user: ['changes the QlikServer'],
    faults: ['a lost ledger'],
  },
  'weights changed': {
    ...QUIET,
    objects: jobs(1, 1),
    limits: [2],
    user: ['raises the weight', 'lowers the weight'],
    faults: ['a late request', 'a lost ledger'],
  },
  'created again': {
    ...QUIET,
    objects: [...jobs(1, 1), { kind: 'Job', name: 'job-1', weight: 1, later: true }],
    user: ['deletes', 'creates'],
    faults: ['a lost ledger'],
  },
  'all of a Job': {
    ...QUIET,
    objects: jobs(2, 1),
    limits: [2, 1],
    lastGeneration: 3,
    user: ['suspends again', 'deletes', 'changes the QlikServer'],
    faults: ['a lost ledger'],
  },
  'slot leases': { ...QUIET, objects: leases(1, 1), faults: ['a lost ledger'] },
  'a Job and a slot lease': {
    ...QUIET,
    objects: [...jobs(1), ...leases(1)],
    user: ['deletes'],
    faults: ['a lost ledger'],
  },
  'in order': {
    ...QUIET,
    objects: [
      { kind: 'Job', name: 'job-1', weight: 3 },
      { kind: 'Job', name: 'job-2', weight: 1, invalid: true },
      { kind: 'Job', name: 'job-3', weight: 2 },
      { kind: 'Job', name: 'job-4', weight: 1 },
    ],
    limits: [2],
    user: ['removes the label'],
    faults: ['a lost ledger'],
    inOrder: true,
  },
  'under load': {
    ...QUIET,
    objects: jobs(1, 1),
    lastGeneration: 3,
    user: ['suspends again', 'deletes'],
    load: true,
  },
} satisfies Record<string, Omit<Configuration, 'name'>>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;

export function configured(name: ConfigurationName): Configuration {
  return { name, ...CONFIGURATIONS[name] };
}

function jobs(...weights: readonly number[]): ConfiguredObject[] {
  return weights.map((weight, i) => ({ kind: 'Job', name: `job-${i + 1}`, weight }));
}

function leases(...weights: readonly number[]): ConfiguredObject[] {
  return weights.map((weight, i) => ({ kind: 'SlotLease', name: `lease-${i + 1}`, weight }));
}

/** Nobody has begun: no ledger yet, all Jobs suspended, all slot leases pending. */
export function beginning(configuration: Configuration): State {
  const objects = configuration.objects.map(asCreated);
  const grace = objects.map((object) => (object.kind === 'SlotLease' ? UNSEEN : 0));
  const operator = { ...RESTING, grace: grace.includes(UNSEEN) ? grace.map(() => UNSEEN) : [] };
  return {
    ledger: { phase: 'Missing', server: 0, entries: objects.map(() => 0) },
    server: 0,
    named: 0,
    objects,
    operators: [...REPLICAS.map(() => operator), RESTING],
  };
}

function asCreated(object: ConfiguredObject): Holder {
  const exists = object.later !== true;
  const { weight } = object;
  if (object.kind === 'SlotLease')
    return { kind: 'SlotLease', exists, admitted: false, expired: false, weight, working: 0, sent: 0 };
  return {
    kind: 'Job',
    exists,
    generation: exists ? 1 : 0,
    lag: 0,
    finished: false,
    held: false,
    refused: false,
    labelled: true,
    weight,
    template: 0,
    pod: 0,
    podLabel: 0,
    ending: 0,
    endingLabel: 0,
    outside: false,
  };
}
