import { runs, seenGeneration, seenRunning } from './job.ts';
import type { Emit } from './model.ts';
import { withObject, type Job, type State } from './state.ts';
import { objectWritten } from './versions.ts';

/** The Job controller, acting on its cache however late, the garbage collector, and the pods themselves. */
export function jobController(s: State, emit: Emit): void {
  s.objects.forEach((job, target) => {
    if (job.kind !== 'Job') return;
    const does = (next: Job, does: string) =>
      emit(withObject(s, target, next), { who: 'Job controller', does, target });
    if (job.lag > 0) seesNextChange(s, job, target, emit);
    if (seenRunning(job) && job.pod === 0)
      does({ ...job, pod: job.weight, podLabel: job.template }, 'creates its pod');
    if (job.pod > 0) does({ ...job, pod: 0, podLabel: 0 }, 'sees its pod end');
    // Terminating pods end together: to every rule that asks for "any", one that is left is as good as two.
    if (job.ending > 0) does({ ...job, ending: 0, endingLabel: 0 }, 'sees its terminating pods end');
    if (runs(job) && job.lag === 0 && job.pod + job.ending === 0)
      emit(objectWritten(s, target, { ...job, finished: true }), {
        who: 'Job controller',
        does: 'writes that it is finished',
        target,
      });
  });
}

/**
 * Its pod terminates in the step that sees the Job suspended or gone: while it is not yet deleted it holds its slots
 * just the same. Pods that deletion leaves running (`--cascade=orphan`) hold theirs, and end, like terminating ones.
 * A rebuild waits until the controller has seen what was there at its LIST, hence the countdowns.
 */
function seesNextChange(s: State, before: Job, target: number, emit: Emit): void {
  const job: Job = { ...before, lag: before.lag - 1 };
  const stops = !seenRunning(job) && job.pod > 0;
  const next = stops
    ? {
        ...job,
        pod: 0,
        podLabel: 0,
        ending: job.ending + job.pod,
        endingLabel: job.endingLabel + job.podLabel,
      }
    : job;
  const operators = s.operators.map((operator) => {
    const left = operator.unseen[target] ?? 0;
    if (left === 0) return operator;
    return { ...operator, unseen: operator.unseen.map((n, i) => (i === target ? n - 1 : n)) };
  });
  emit(
    { ...withObject(s, target, next), operators },
    { who: 'Job controller', does: `sees generation ${seenGeneration(job)}`, target },
  );
}
