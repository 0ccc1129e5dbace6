import type { Job } from './state.ts';

export function suspended(job: Job): boolean {
  return job.exists && job.generation % 2 === 1;
}

/** Unsuspended and unfinished: it has pods or is about to. */
export function runs(job: Job): boolean {
  return job.exists && !job.finished && job.generation > 0 && job.generation % 2 === 0;
}

/** The generation that the Job controller's cache holds; one above the Job's own once it has seen it deleted. */
export function seenGeneration(job: Job): number {
  return job.generation + (job.exists ? 0 : 1) - job.lag;
}

export function seenRunning(job: Job): boolean {
  const seen = seenGeneration(job);
  return seen > 0 && seen % 2 === 0 && seen <= job.generation && !job.finished;
}

export function hasPods(job: Job): boolean {
  return job.pod + job.ending > 0;
}

/**
 * The slots it takes up: pods not ended, and those the Job controller may still create because it was unsuspended, by the
 * gate or by hand, at a generation the controller has yet to leave behind.
 */
export function slotsOfJob(job: Job): number {
  const seen = seenGeneration(job);
  if (job.finished || job.generation === 0) return job.pod + job.ending;
  if (runs(job)) return job.ending + job.weight + (seen <= job.generation - 2 ? job.weight : 0);
  const mayStart = seenRunning(job) || seen < job.generation;
  return job.ending + (job.pod > 0 || mayStart ? Math.max(job.pod, job.weight) : 0);
}
