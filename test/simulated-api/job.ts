import type { ApiObject, Fields } from './object.ts';
import type { PodTemplate } from './pod-template.ts';

export interface JobSpec extends Fields {
  parallelism: number;
  /** Missing in a work queue: done when one pod has succeeded and the others have ended. */
  completions?: number;
  suspend: boolean;
  backoffLimit: number;
  podReplacementPolicy: 'TerminatingOrFailed' | 'Failed';
  selector: { matchLabels: Record<string, string> };
  template: PodTemplate;
}

export interface JobCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastProbeTime?: string;
  readonly lastTransitionTime?: string;
}

export interface JobStatus extends Fields {
  conditions?: JobCondition[];
  startTime?: string;
  completionTime?: string;
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
}

export interface Job extends ApiObject {
  spec: JobSpec;
  status: JobStatus;
}

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
/** On the pods of a Job until it has counted them. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

export function hasCondition({ status }: Pick<Job, 'status'>, type: string): boolean {
  return status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

export function isFinished(job: Job): boolean {
  return hasCondition(job, 'Complete') || hasCondition(job, 'Failed');
}

/** By these labels a Job finds its pods, and only its own. */
export function generatedLabels({
  metadata: { name, uid },
}: Pick<ApiObject, 'metadata'>): Record<string, string> {
  return {
    [CONTROLLER_UID]: uid,
    'controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'job-name': name,
  };
}
