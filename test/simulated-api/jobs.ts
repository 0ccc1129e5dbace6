import { CONTROLLER_UID, generatedLabels, type Job, type JobSpec } from './job.ts';
import { jobViolations } from './job-validation.ts';
import type { ApiObject, Fields } from './object.ts';
import { setPodDefaults } from './pod-template.ts';
import { builtInResource } from './resource.ts';

export const JOBS = builtInResource({
  root: '/apis/batch/v1',
  plural: 'jobs',
  kind: 'Job',
  orphansByDefault: true,
  initialStatus: () => ({}),
  prepareForCreate: generateSelector,
  setDefaults,
  violations: (job, before, { minorVersion }) =>
    jobViolations(job as Job, before as Job | undefined, minorVersion),
});

/** The labels of the template are changed in place, as a Job that has none of its own shares them. */
function generateSelector(job: ApiObject): void {
  const spec = job.spec as JobSpec;
  const generated = generatedLabels(job);
  const metadata = (spec.template.metadata ??= {});
  const labels = (metadata.labels ??= {});
  for (const [key, value] of Object.entries(generated)) labels[key] ??= value;
  const { matchLabels, ...selector }: Partial<JobSpec['selector']> = spec.selector ?? {};
  const ownUid = { [CONTROLLER_UID]: job.metadata.uid };
  spec.selector = { ...selector, matchLabels: { ...ownUid, ...matchLabels } };
}

const DEFAULTS = {
  parallelism: 1,
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  suspend: false,
  podReplacementPolicy: 'TerminatingOrFailed',
  manualSelector: false,
};

function setDefaults(job: ApiObject): void {
  const isSingle = job.spec?.['parallelism'] === undefined;
  const spec = { ...DEFAULTS, ...(isSingle ? { completions: 1 } : {}), ...job.spec } as Fields as JobSpec;
  job.spec = spec;
  const template = (spec.template ??= { spec: {} });
  template.spec ??= {};
  // A Job without labels of its own has those of its pods.
  if (template.metadata?.labels !== undefined && job.metadata.labels === undefined)
    job.metadata.labels = template.metadata.labels;
  setPodDefaults(template.spec);
  dropZeros(job.status);
}

/** Figures that are 0 are left out. */
function dropZeros(status: Fields = {}): void {
  for (const figure of ['active', 'succeeded', 'failed']) if (status[figure] === 0) delete status[figure];
}
