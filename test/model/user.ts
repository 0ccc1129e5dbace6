import { suspended } from './job.ts';
import type { Emit, Model } from './model.ts';
import { At, at, type Holder, type Job, type Operator, type State } from './state.ts';
import { objectWritten } from './versions.ts';

export type UserAction =
  | 'unsuspends by hand'
  | 'suspends again'
  | 'requeues'
  | 'deletes'
  | 'creates'
  | 'removes the label'
  | 'raises the weight'
  | 'lowers the weight'
  | 'changes the QlikServer';

/** What people do to Jobs, slot leases and the QlikServer, as far as the configuration lets them. */
export function user(model: Model, s: State, emit: Emit): void {
  const may = new Set<UserAction>(model.configuration.user);
  s.objects.forEach((_, target) => {
    for (const [does, next] of changes(model, s, target)) {
      if (!may.has(does)) continue;
      const written = objectWritten(s, target, next);
      const after = does === 'unsuspends by hand' ? exemptedFor(written, target) : written;
      emit(after, { who: 'user', does, target });
    }
  });
  if (may.has('changes the QlikServer') && s.server + 1 < model.configuration.limits.length)
    emit({ ...s, server: s.server + 1 }, { who: 'user', does: 'changes the QlikServer' });
}

type Change = readonly [UserAction, Holder];

function changes(model: Model, s: State, target: number): readonly Change[] {
  const object = at(s.objects, target);
  if (object.kind === 'Job') return object.exists ? jobChanges(model, object) : creation(model, s, target);
  return object.exists && object.working === 0 ? [['deletes', { ...object, exists: false }]] : [];
}

/** Of a Job's spec only the suspension changes; in a run it is deleted in the background or its pods are orphaned. */
function jobChanges(model: Model, job: Job): readonly Change[] {
  const possible: readonly (Change | false)[] = [
    job.held && ['requeues', { ...job, held: false }],
    ['deletes', { ...job, exists: false, held: false, lag: job.lag + 1 }],
    job.labelled && ['removes the label', { ...job, labelled: false }],
    job.generation === 1 && job.weight === 1 && ['raises the weight', { ...job, weight: 2 }],
    job.generation === 1 && job.weight === 2 && ['lowers the weight', { ...job, weight: 1 }],
  ];
  return [...suspensions(model, job), ...possible.filter((change) => change !== false)];
}

function suspensions(model: Model, job: Job): readonly Change[] {
  if (job.finished || job.generation >= model.configuration.lastGeneration) return [];
  const flipped = { ...job, generation: job.generation + 1, lag: job.lag + 1 };
  return suspended(job)
    ? [['unsuspends by hand', { ...flipped, held: false, outside: true }]]
    : [['suspends again', { ...flipped, held: true }]];
}

/** A Job can be created once no other of its name is left. */
function creation(model: Model, s: State, target: number): readonly Change[] {
  const job = at(s.objects, target);
  const { objects } = model.configuration;
  const { name } = at(objects, target);
  const taken = s.objects.some((other, index) => other.exists && at(objects, index).name === name);
  if (job.kind !== 'Job' || job.generation > 0 || taken) return [];
  return [['creates', { ...job, exists: true, generation: 1 }]];
}

/** For the property: what is unsuspended by hand after a reservation is not the doing of that reservation's patch. */
function exemptedFor(s: State, target: number): State {
  const exempts = (operator: Operator) =>
    operator.at === At.AdmitPatches ? { ...operator, exempt: operator.exempt | (1 << target) } : operator;
  return { ...s, operators: s.operators.map(exempts) };
}
