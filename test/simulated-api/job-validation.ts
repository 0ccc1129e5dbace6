import { NotSimulated } from './failures.ts';
import { generatedLabels, hasCondition, type Job, type JobSpec } from './job.ts';
import { changedFields, immutable, labelViolations } from './metadata.ts';
import { isEqual, isRecord } from './object.ts';
import type { PodTemplate } from './pod-template.ts';

const COUNTS = ['parallelism', 'completions', 'backoffLimit', 'ttlSecondsAfterFinished'] as const;
const IMMUTABLE = ['completions', 'selector', 'completionMode', 'managedBy'] as const;
const NOT_SIMULATED = [
  'podFailurePolicy',
  'successPolicy',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'activeDeadlineSeconds',
] as const;

/** What a suspended Job may change in its template: where its pods are put, and what they are called. */
const MUTABLE_IN_SPEC = ['nodeSelector', 'tolerations', 'schedulingGates'] as const;

export function jobViolations(job: Job, before: Job | undefined, minorVersion: number): string[] {
  refuseUnknown(job.spec);
  return [
    ...COUNTS.filter((field) => Number(job.spec[field] ?? 0) < 0).map(
      (field) =>
        `spec.${field}: Invalid value: ${String(job.spec[field])}: must be greater than or equal to 0`,
    ),
    ...labelsOfTemplate(job),
    ...podsOfTemplate(job.spec.template),
    ...(before === undefined ? [] : changedFields(job, before, IMMUTABLE)),
    ...(before === undefined || isStartAllowed(job, before) ? [] : [immutable('status.startTime')]),
    ...(before === undefined || isTemplateAllowed(job, before, minorVersion)
      ? []
      : [immutable('spec.template')]),
  ];
}

function refuseUnknown(spec: JobSpec): void {
  const unknown = NOT_SIMULATED.find((field) => spec[field] !== undefined);
  if (unknown !== undefined) throw new NotSimulated(`spec.${unknown} of a Job`);
  if (spec['completionMode'] !== 'NonIndexed' || spec['manualSelector'] === true)
    throw new NotSimulated('Indexed Jobs and manual selectors');
}

function labelsOfTemplate(job: Job): string[] {
  const labels = job.spec.template.metadata?.labels ?? {};
  const missing = Object.entries(generatedLabels(job)).filter(([key, value]) => labels[key] !== value);
  return [
    ...labelViolations(labels, 'spec.template.labels'),
    ...missing.map(
      ([key, value]) => `spec.template.metadata.labels[${key}]: Invalid value: must be '${value}'`,
    ),
    ...(isSelected(job.spec, labels)
      ? []
      : ['spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`']),
  ];
}

function isSelected({ selector }: Partial<JobSpec>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function podsOfTemplate({ spec }: PodTemplate): string[] {
  return [
    ...(['Never', 'OnFailure'].includes(String(spec['restartPolicy']))
      ? []
      : ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']),
    ...(Array.isArray(spec['containers']) && spec['containers'].length > 0
      ? []
      : ['spec.template.spec.containers: Required value']),
  ];
}

/** A Job that runs has started when it has; of a status nothing else is judged. */
function isStartAllowed(job: Job, before: Job): boolean {
  const { startTime } = before.status;
  const isResumed = hasCondition(before, 'Suspended') && !hasCondition(job, 'Suspended');
  return startTime === undefined || startTime === job.status.startTime || job.spec.suspend || isResumed;
}

/**
 * Whether the template is as it was, or the Job may change it. Until Kubernetes 1.36 only a Job that has never started may:
 * one that ran before keeps its start time when it is suspended.
 */
function isTemplateAllowed(job: Job, before: Job, minorVersion: number): boolean {
  const { template } = job.spec;
  if (isEqual(template, before.spec.template)) return true;
  if (!before.spec.suspend) return false;
  if (minorVersion < 36) {
    return (
      before.status.startTime === undefined && isEqual(template, withMutable(before.spec.template, template))
    );
  }
  const hasStopped = before.status.startTime === undefined || hasCondition(before, 'Suspended');
  if (!hasStopped || (before.status.active ?? 0) > 0) return false;
  const allowed = withMutable(before.spec.template, template).spec;
  return isEqual(withoutResources(template.spec), withoutResources(allowed));
}

function withMutable(before: PodTemplate, template: PodTemplate): PodTemplate {
  const { labels: _, annotations: __, ...kept } = before.metadata ?? {};
  const { labels, annotations } = template.metadata ?? {};
  const spec = { ...before.spec };
  for (const field of MUTABLE_IN_SPEC) {
    if (template.spec[field] === undefined) delete spec[field];
    else spec[field] = template.spec[field];
  }
  return {
    metadata: {
      ...kept,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec,
  };
}

function withoutResources(spec: PodTemplate['spec']): PodTemplate['spec'] {
  const containers = spec['containers'];
  if (!Array.isArray(containers)) return spec;
  return { ...spec, containers: containers.map(withoutResourcesOf) };
}

function withoutResourcesOf(container: unknown): unknown {
  return isRecord(container) ? { ...container, resources: undefined } : container;
}
